// checker judges a published log and its proofs with the Go project's own library, and refuses each proof again with one thing changed.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// witness knows a key of type 04 (cosignature/v1): the signature is a time of eight bytes, then Ed25519 over a text that names it.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(w.key, []byte(text), sig[8:])
}

func newWitness(vkey string) *witness {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	w := &witness{parts[0], binary.BigEndian.Uint32(sum[:]), ed25519.PublicKey(key[1:])}
	if fmt.Sprintf("%08x", w.hash) != parts[1] || key[0] != 4 {
		check(fmt.Errorf("the witness's key doesn't fit its id"))
	}
	return w
}

type item struct {
	Proof  string // a tlog-proof file: one entry is in the log
	Leaf   string // base64
	Old    string // a signed note; with New and Hashes: one tree is the beginning of another
	New    string
	Hashes []string // base64
}

type tree struct {
	size int64
	root tlog.Hash
}

var verifiers note.Verifiers
var origin string

// open gives what the log signed, with one witness at least.
func open(text string) (tree, error) {
	opened, err := note.Open([]byte(text), verifiers)
	if err != nil {
		return tree{}, err
	}
	if len(opened.Sigs) != 2 || opened.Sigs[0].Name != origin {
		return tree{}, fmt.Errorf("not by the log and its witness")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin || lines[3] != "" {
		return tree{}, fmt.Errorf("no checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree{}, err
	}
	root, err := hash(lines[2])
	return tree{size, root}, err
}

func hash(text string) (tlog.Hash, error) {
	var h tlog.Hash
	b, err := base64.StdEncoding.DecodeString(text)
	if err == nil && len(b) != tlog.HashSize {
		err = fmt.Errorf("a hash has 32 bytes")
	}
	copy(h[:], b)
	return h, err
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, line := range lines {
		h, err := hash(line)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// judge is the whole verification of one item.
func judge(it item) error {
	if it.Proof == "" {
		older, err := open(it.Old)
		if err != nil {
			return err
		}
		newer, err := open(it.New)
		if err != nil {
			return err
		}
		proof, err := hashes(it.Hashes)
		if err != nil {
			return err
		}
		return tlog.CheckTree(proof, newer.size, newer.root, older.size, older.root)
	}
	head, rest, _ := strings.Cut(it.Proof, "\n")
	if head != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("no proof")
	}
	path, signed, found := strings.Cut(rest, "\n\n")
	if !found {
		return fmt.Errorf("no checkpoint")
	}
	lines := strings.Split(path, "\n")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[1:])
	if err != nil {
		return err
	}
	t, err := open(signed)
	if err != nil {
		return err
	}
	leaf, err := base64.StdEncoding.DecodeString(it.Leaf)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, t.size, t.root, index, tlog.RecordHash(leaf))
}

func flip(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	check(err)
	at := rand.Intn(len(b))
	b[at] ^= 1 << rand.Intn(8)
	return base64.StdEncoding.EncodeToString(b)
}

// changeNote changes one meaningful thing of a signed note.
func changeNote(text string) (string, string) {
	lines := strings.Split(text, "\n")
	switch rand.Intn(5) {
	case 0:
		lines[0] += "x"
		return strings.Join(lines, "\n"), "origin"
	case 1:
		size, err := strconv.ParseInt(lines[1], 10, 64)
		check(err)
		lines[1] = strconv.FormatInt(size+1, 10)
		return strings.Join(lines, "\n"), "size"
	case 2:
		lines[2] = flip(lines[2])
		return strings.Join(lines, "\n"), "root"
	case 3:
		at := 4 + rand.Intn(2) // the log's line, or the witness's
		words := strings.Split(lines[at], " ")
		b, err := base64.StdEncoding.DecodeString(words[2])
		check(err)
		b[4+rand.Intn(len(b)-4)] ^= 1 << rand.Intn(8) // not the key id: an unknown key is ignored
		words[2] = base64.StdEncoding.EncodeToString(b)
		lines[at] = strings.Join(words, " ")
		return strings.Join(lines, "\n"), "signature"
	default:
		at := 4 + rand.Intn(2)
		return strings.Join(append(lines[:at:at], lines[at+1:]...), "\n"), "signature line"
	}
}

// change gives the item with one thing changed, and what that was.
func change(it item, other item) (item, string) {
	if it.Proof == "" {
		switch rand.Intn(5) {
		case 0:
			it.Hashes = append([]string{}, it.Hashes...)
			at := rand.Intn(len(it.Hashes))
			it.Hashes[at] = flip(it.Hashes[at])
			return it, "hash"
		case 1:
			it.Hashes = it.Hashes[:len(it.Hashes)-1]
			return it, "hash dropped"
		case 2:
			it.Hashes = append(append([]string{}, it.Hashes...), it.Hashes[0])
			return it, "hash added"
		case 3:
			it.Old, it.New = it.New, it.Old
			return it, "trees swapped"
		default:
			var what string
			if rand.Intn(2) == 0 {
				it.Old, what = changeNote(it.Old)
			} else {
				it.New, what = changeNote(it.New)
			}
			return it, what
		}
	}
	_, rest, _ := strings.Cut(it.Proof, "\n")
	path, signed, _ := strings.Cut(rest, "\n\n")
	lines := strings.Split(path, "\n")
	what := ""
	switch n := rand.Intn(7); {
	case n == 0:
		it.Leaf, what = flip(it.Leaf), "leaf"
	case n == 1 && other.Leaf != it.Leaf:
		it.Leaf, what = other.Leaf, "another's leaf"
	case n == 2:
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
		check(err)
		lines[0], what = "index "+strconv.FormatInt(index^1, 10), "index"
	case n == 3 && len(lines) > 1:
		at := 1 + rand.Intn(len(lines)-1)
		lines[at], what = flip(lines[at]), "hash"
	case n == 4 && len(lines) > 1:
		lines, what = lines[:len(lines)-1], "hash dropped"
	case n == 5:
		lines, what = append(lines, base64.StdEncoding.EncodeToString(make([]byte, 32))), "hash added"
	default:
		signed, what = changeNote(signed)
	}
	it.Proof = "c2sp.org/tlog-proof@v1\n" + strings.Join(lines, "\n") + "\n\n" + signed
	return it, what
}

// tilePath is the C2SP path; the library's own has the tile's height in it.
func tilePath(level string, n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + path
}

// published computes the tree from the published entries alone, and compares root and every tile.
func published(folder string) error {
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	head, err := open(string(signed))
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, index := range indexes {
			out = append(out, stored[index])
		}
		return out, nil
	})
	for at := int64(0); at < head.size; {
		width := 256
		if head.size-at < 256 {
			width = int(head.size - at)
		}
		bundle, err := os.ReadFile(filepath.Join(folder, tilePath("entries", at/256, width)))
		if err != nil {
			return err
		}
		for ; width > 0; width, at = width-1, at+1 {
			length := int(binary.BigEndian.Uint16(bundle))
			more, err := tlog.StoredHashes(at, bundle[2:2+length], reader)
			if err != nil {
				return err
			}
			stored, bundle = append(stored, more...), bundle[2+length:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("a bundle is too long")
		}
	}
	root, err := tlog.TreeHash(head.size, reader)
	if err != nil || root != head.root {
		return fmt.Errorf("the entries hash to %v, signed is %v (%v)", root, head.root, err)
	}
	for _, tile := range tlog.NewTiles(8, 0, head.size) {
		width := head.size >> (8 * uint(tile.L)) % 256
		if tile.W < 256 && int64(tile.W) != width {
			continue // the library lists every width that a partial tile ever had
		}
		data, err := tlog.ReadTileData(tile, reader)
		check(err)
		file, err := os.ReadFile(filepath.Join(folder, tilePath(strconv.Itoa(tile.L), tile.N, tile.W)))
		if err != nil || !bytes.Equal(file, data) {
			return fmt.Errorf("tile %v differs (%v)", tile, err)
		}
	}
	return nil
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	folder := os.Args[1]
	pub, err := os.ReadFile(filepath.Join(folder, "log.pub"))
	check(err)
	seen, err := os.ReadFile(filepath.Join(folder, "witness.pub"))
	check(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(pub)))
	check(err)
	origin = verifier.Name()
	verifiers = note.VerifierList(verifier, newWitness(strings.TrimSpace(string(seen))))
	seed, err := os.ReadFile(filepath.Join(folder, "seed"))
	check(err)
	number, err := strconv.ParseInt(strings.TrimSpace(string(seed)), 10, 64)
	check(err)
	rand.Seed(number)

	file, err := os.Open(filepath.Join(folder, "proofs.jsonl"))
	check(err)
	var items []item
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var it item
		check(json.Unmarshal(lines.Bytes(), &it))
		items = append(items, it)
	}
	passed, failed := 0, 0
	count := func(ok bool, format string, args ...interface{}) {
		if ok {
			passed++
			return
		}
		failed++
		fmt.Printf("seed %d: "+format+"\n", append([]interface{}{number}, args...)...)
	}
	err = published(filepath.Join(folder, "published"))
	count(err == nil, "the published log: %v", err)
	accepted, refused := 0, 0
	for i, it := range items {
		if err := judge(it); err != nil {
			fmt.Printf("seed %d: proof %d is refused: %v\n", number, i, err)
		} else {
			accepted++
		}
		wrong, what := change(it, items[(i+1)%len(items)])
		if judge(wrong) == nil {
			fmt.Printf("seed %d: proof %d with another %s is accepted\n", number, i, what)
		} else {
			refused++
		}
	}
	count(accepted == len(items) && accepted >= 1000, "%d of %d proofs accepted", accepted, len(items))
	count(refused == len(items), "%d of %d changed proofs refused", refused, len(items))
	fmt.Printf("%d proofs accepted, %d changed ones refused\n", accepted, refused)
	fmt.Printf("%d passed, %d failed, 0 skipped\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
