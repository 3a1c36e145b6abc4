package pool

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
)

// Map gives the customers of several sources their ids of a pool.
type Map struct {
	info  Info
	salt  []byte
	ids   []map[string]string // by source and id of the source
	names []string            // of the sources
}

// Open reads the map of a pool. What is missing, damaged or of another format is an
// *data.InputError.
func Open(files fsys.FS, dir string) (*Map, error) {
	wrong := func(name string, err error) (*Map, error) {
		return nil, &data.InputError{Path: filepath.Join(dir, name), Err: withoutPath(err)}
	}
	m := &Map{}
	text, err := readAll(files, filepath.Join(dir, InfoFile))
	if err != nil {
		return wrong(InfoFile, err)
	}
	if err := json.Unmarshal(text, &m.info); err != nil {
		return wrong(InfoFile, err)
	}
	if m.info.Format != infoFormat {
		return wrong(InfoFile, fmt.Errorf("want format %d, found %d", infoFormat, m.info.Format))
	}
	if m.salt, err = hex.DecodeString(m.info.Salt); err != nil {
		return wrong(InfoFile, err)
	}
	for _, s := range m.info.Sources {
		m.names, m.ids = append(m.names, s.Name), append(m.ids, make(map[string]string, s.Customers))
	}
	if err := m.read(files, filepath.Join(dir, MapFile)); err != nil {
		return wrong(MapFile, err)
	}
	return m, nil
}

func (m *Map) read(files fsys.FS, path string) error {
	f, err := files.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	digest := sha256.New()
	if _, err := io.Copy(digest, io.NewSectionReader(f, 0, info.Size())); err != nil {
		return err
	}
	if hex.EncodeToString(digest.Sum(nil)) != m.info.MapSHA256 {
		return errors.New("it does not fit pool.json; make the pool again")
	}
	for row, err := range tables.ReadPooled(f, info.Size()) {
		if err != nil {
			return err
		}
		at := slices.Index(m.names, row.Source)
		if at < 0 {
			return fmt.Errorf("source %q is not in pool.json", row.Source)
		}
		m.ids[at][row.SourceCustomerID] = row.CustomerID
	}
	return nil
}

func readAll(files fsys.FS, path string) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	text := make([]byte, info.Size())
	_, err = io.ReadFull(io.NewSectionReader(f, 0, info.Size()), text)
	return text, err
}

// Of gives the ids of the customers of an order file. It belongs to the source that a
// folder above it, or itself without its ending, is named after. Customers whom the
// pool has not seen get the id that they would have alone.
func (m *Map) Of(path string) (func(id []byte) []byte, error) {
	at := -1
	for _, part := range strings.Split(filepath.ToSlash(path), "/") {
		i := slices.Index(m.names, stem(part))
		switch {
		case i < 0 || i == at:
		case at >= 0:
			return nil, fmt.Errorf("the path names two sources of the pool, %s and %s", m.names[at], m.names[i])
		default:
			at = i
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("of no source of the pool: want a folder or file named %s", strings.Join(m.names, ", "))
	}
	return func(id []byte) []byte { return []byte(m.id(at, string(id))) }, nil
}

func (m *Map) id(source int, id string) string {
	key := CustomerKey(id)
	if pooled, known := m.ids[source][key]; known {
		return pooled
	}
	return customerID(m.names[source], key, m.salt, m.info.Plain)
}

// stem is a name of a file or folder without its endings.
func stem(name string) string {
	for _, ending := range []string{".gz", ".csv", ".parquet"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// Each gives the customers of all sources, in no order, with whom they are taken for.
func (m *Map) Each(give func(id, pooled string)) {
	for _, ids := range m.ids {
		for id, pooled := range ids {
			give(id, pooled)
		}
	}
}

// Whose is the customer of the pool that an id of any source belongs to; the id itself
// where none does, or where it is that of different people in different sources.
func (m *Map) Whose(id string) string {
	key, whose := CustomerKey(id), ""
	for _, ids := range m.ids {
		if pooled, known := ids[key]; known && whose != "" && whose != pooled {
			return id
		} else if known {
			whose = pooled
		}
	}
	if whose == "" {
		return id
	}
	return whose
}

// NameOf is the name of a source where none is given: that of its folder or file.
func NameOf(path string) string { return stem(filepath.Base(filepath.Clean(path))) }
