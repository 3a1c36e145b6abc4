package pool

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"winback/data/csvcells"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/pipeline/run"
)

// Files of a pool.
const (
	MapFile       = "customers.parquet" // of each customer of a source whom the pool takes it for
	LikelyFile    = "likely.csv"        // pairs for a person to decide
	ConflictsFile = "conflicts.csv"     // pairs that share a key and may not be joined
	SharedFile    = "shared_keys.csv"   // keys of so many customers that they say nothing
	InfoFile      = "pool.json"         // written last
)

// Info is pool.json.
type Info struct {
	Format    int          `json:"format"`
	Sources   []SourceInfo `json:"sources"`
	Customers int          `json:"customers"` // of all sources
	People    int          `json:"people"`
	Joined    int          `json:"joined"`
	Likely    int          `json:"likely"`
	Conflicts int          `json:"conflicts"`
	Shared    int          `json:"shared_keys"`
	Crowds    int          `json:"crowds"` // ids that stand for several people
	Plain     bool         `json:"plain_ids"`
	Salt      string       `json:"salt"`       // of the hashes, from the key; hexadecimal
	MapSHA256 string       `json:"map_sha256"` // hexadecimal
}

// SourceInfo is what was read of a source.
type SourceInfo struct {
	Name      string `json:"name"`
	Rows      int64  `json:"rows"`
	Customers int    `json:"customers"`
}

const infoFormat = 1

// saltOf derives from the key what ids are hashed with, so that the map says nothing of
// the key.
func saltOf(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("winback pool"))
	return mac.Sum(nil)
}

// customerID is the id of the person whose first customer is one of a source: a keyed
// hash of 80 bits, or the name of the source and the id.
func customerID(source, id string, salt []byte, plain bool) string {
	if plain {
		return source + ":" + id
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(source + "\x00" + id))
	return "P" + hex.EncodeToString(mac.Sum(nil)[:10])
}

// Write writes a pool into a folder, each file whole or not at all and pool.json last;
// the same pool and key give the same bytes.
func (p *Pool) Write(files fsys.FS, dir string, key []byte, plain bool) (Info, error) {
	salt := saltOf(key)
	info := Info{Format: infoFormat, Customers: len(p.Customers), People: p.People, Joined: p.Joined, Likely: len(p.Likely), Conflicts: len(p.Conflicts), Shared: len(p.Crowded), Crowds: p.Crowds,
		Plain: plain, Salt: hex.EncodeToString(salt)}
	rows := make([]tables.PooledRow, len(p.Customers))
	for i, s := range p.Sources {
		info.Sources = append(info.Sources, SourceInfo{Name: s.Name, Rows: p.Rows[i]})
	}
	for i := range p.Customers {
		c, first := &p.Customers[i], &p.Customers[p.Person[i]]
		info.Sources[c.Source].Customers++
		rows[i] = tables.PooledRow{Source: p.Sources[c.Source].Name, SourceCustomerID: c.ID, CustomerID: customerID(p.Sources[first.Source].Name, first.ID, salt, plain)}
	}
	if err := files.MkdirAll(dir); err != nil {
		return info, err
	}
	digest := sha256.New()
	write := func(name string, content func(io.Writer) error) error {
		return run.WriteFile(files, filepath.Join(dir, name), content)
	}
	if err := write(MapFile, func(w io.Writer) error { return tables.WritePooled(io.MultiWriter(w, digest), rows) }); err != nil {
		return info, err
	}
	info.MapSHA256 = hex.EncodeToString(digest.Sum(nil))
	for name, pairs := range map[string][]Pair{LikelyFile: p.Likely, ConflictsFile: p.Conflicts} {
		if err := write(name, func(w io.Writer) error { return p.writePairs(w, pairs) }); err != nil {
			return info, err
		}
	}
	if err := write(SharedFile, p.writeShared); err != nil {
		return info, err
	}
	return info, write(InfoFile, func(w io.Writer) error {
		text, err := json.MarshalIndent(info, "", "  ")
		if err != nil {
			return err
		}
		_, err = w.Write(append(text, '\n'))
		return err
	})
}

// writePairs writes a table for people: what they decide goes into the column same.
func (p *Pool) writePairs(w io.Writer, pairs []Pair) error {
	out := bufio.NewWriter(w)
	writeCells(out, "source_a", "customer_a", "source_b", "customer_b", "same", "evidence", "names_a", "names_b", "emails_a", "emails_b", "phones_a", "phones_b", "addresses_a", "addresses_b")
	joined := func(list []string) string { return strings.Join(list, "; ") }
	for i := range pairs {
		a, b := &pairs[i].A, &pairs[i].B
		writeCells(out, p.Sources[a.Source].Name, a.ID, p.Sources[b.Source].Name, b.ID, "", pairs[i].Evidence, joined(a.Written), joined(b.Written), joined(a.Emails), joined(b.Emails),
			joined(a.Phones), joined(b.Phones), joined(a.Addresses), joined(b.Addresses))
	}
	return out.Flush()
}

func (p *Pool) writeShared(w io.Writer) error {
	out := bufio.NewWriter(w)
	writeCells(out, "kind", "key", "customers")
	for _, c := range p.Crowded {
		writeCells(out, c.Kind, c.Key, strconv.Itoa(c.Customers))
	}
	return out.Flush()
}

func writeCells(out *bufio.Writer, cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(csvcells.Quoted(csvcells.Disarmed(cell)))
	}
	out.WriteString("\r\n")
}
