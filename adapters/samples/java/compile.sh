#!/bin/sh
# compile.sh OUT [SOURCE.java...]: stubs of proto/ and these samples, compiled into the folder OUT; then
#
#   java @OUT/java.args Bank run CONFIG.toml
#
# Everything is from Debian 12's packages (README.md). Further sources are compiled with the samples; OUT/stubs is kept and made once: remove OUT when
# proto/ has changed. Exit code 3: a package is missing.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
mkdir -p "$1/classes"
out=$(CDPATH='' cd -- "$1" && pwd -P)
shift
missing() {
  echo "compile.sh: $1 is missing; the packages are in deploy/packages/test-java.txt" >&2
  exit 3
}
for program in javac protoc grpc_java_plugin; do command -v "$program" >/dev/null || missing "$program"; done
path=
for jar in grpc-api grpc-context grpc-core grpc-netty grpc-protobuf grpc-protobuf-lite grpc-stub protobuf protobuf-util guava perfmark-api opencensus-api gson \
  netty-buffer netty-codec netty-codec-http netty-codec-http2 netty-common netty-handler netty-resolver netty-transport geronimo-annotation-1.3-spec \
  netty-tcnative bcprov sqlite-jdbc; do
  [ -r "/usr/share/java/$jar.jar" ] || missing "/usr/share/java/$jar.jar"
  path=$path:/usr/share/java/$jar.jar
done
if [ ! -d "$out/stubs" ]; then
  rm -rf "$out/generated" "$out/stubs.new"
  mkdir "$out/generated" "$out/stubs.new"
  (
    cd "$here/../../../proto" &&
      protoc -I. --java_out="$out/generated" --grpc-java_out="$out/generated" \
        --plugin=protoc-gen-grpc-java="$(command -v grpc_java_plugin)" goldeneagle/v1/*.proto
  )
  find "$out/generated" -name '*.java' >"$out/generated/list"
  javac -encoding UTF-8 --release 17 -nowarn -proc:none -cp "$path" -d "$out/stubs.new" "@$out/generated/list"
  mv "$out/stubs.new" "$out/stubs"
fi
path=$out/classes:$out/stubs$path
javac -encoding UTF-8 --release 17 -Xlint:all,-classfile,-path,-serial -Werror -proc:none -cp "$path" -d "$out/classes" "$here"/eagleagency/*.java "$here"/*.java "$@"
# Debian's netty speaks HTTP/2 over OpenSSL only (ALPN by the JDK is taken out of it), and looks for its native library under a name that the package
# doesn't give it; a link is seen through. Elsewhere grpc-netty-shaded needs none of this.
native=
for library in /usr/lib/*/jni/libnetty-tcnative.so; do [ ! -r "$library" ] || native=$library; done
[ -n "$native" ] || missing '/usr/lib/*/jni/libnetty-tcnative.so'
mkdir -p "$out/native"
cp "$native" "$out/native/libnetty_tcnative.so"
# A small program that starts often: little of the compiler, little of the collector.
printf '%s\n' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Djava.library.path=$out/native:${native%/*}" -cp "\"$path\"" >"$out/java.args"
