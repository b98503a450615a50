#!/usr/bin/env python3
"""A server that takes webhooks, for tests: hook_server.py --folder F --certificate PEM --key PEM

HTTPS. Each POST's path and body are added to F/posts, one a line. /broken is answered 500, everything else 204. Says "ready PORT" on standard
output. Standard library only.
"""
import argparse
import ssl
from http.server import BaseHTTPRequestHandler, HTTPServer


class Hook(BaseHTTPRequestHandler):
    folder = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(f"{self.folder}/posts", "ab") as posts:
            posts.write(self.path.encode() + b" " + body + b"\n")
        self.send_response(500 if self.path.startswith("/broken") else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    for name in ("folder", "certificate", "key"):
        parser.add_argument(f"--{name}", required=True)
    asked = parser.parse_args()
    Hook.folder = asked.folder
    server = HTTPServer(("127.0.0.1", 0), Hook)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(asked.certificate, asked.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"ready {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
