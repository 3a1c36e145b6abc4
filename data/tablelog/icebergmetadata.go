package tablelog

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"winback/internal/fsys"
)

// icebergMetadata is the metadata file of an Iceberg table, of format 1 or 2.
type icebergMetadata struct {
	FormatVersion     int               `json:"format-version"`
	Location          string            `json:"location"`
	CurrentSnapshotID *int64            `json:"current-snapshot-id"`
	Snapshots         []icebergSnapshot `json:"snapshots"`
	CurrentSchemaID   int               `json:"current-schema-id"`
	Schemas           []icebergSchema   `json:"schemas"`
	Schema            *icebergSchema    `json:"schema"` // of format 1
	PartitionSpecs    []icebergSpec     `json:"partition-specs"`
	PartitionSpec     []icebergTerm     `json:"partition-spec"` // of format 1
}

type icebergSnapshot struct {
	ID           int64  `json:"snapshot-id"`
	ManifestList string `json:"manifest-list"`
}

type icebergSchema struct {
	ID     int            `json:"schema-id"`
	Fields []icebergField `json:"fields"`
}

type icebergField struct {
	ID   int32           `json:"id"`
	Name string          `json:"name"`
	Type json.RawMessage `json:"type"` // text, or an object where it is nested
}

type icebergSpec struct {
	ID     int           `json:"spec-id"`
	Fields []icebergTerm `json:"fields"`
}

type icebergTerm struct {
	SourceID  int32  `json:"source-id"`
	FieldID   int32  `json:"field-id"`
	Name      string `json:"name"`
	Transform string `json:"transform"`
}

// metadataName are the names that catalogs give metadata files: a number, and
// often an id behind it; they may be compressed.
var metadataName = regexp.MustCompile(`^v?(\d{1,18})(-[^/]*)?(\.gz)?\.metadata\.json(\.gz)?$`)

func isMetadataName(name string) bool { return metadataName.MatchString(name) }

// newestMetadata finds the metadata file with the highest number. A catalog that
// failed may leave two with the same one: the hint tells then.
func (l *log) newestMetadata() (string, error) {
	entries, err := l.fsy.ReadDir(fsys.Join(l.folder, icebergFolder))
	if err != nil {
		return "", err
	}
	newest, names := int64(-1), []string(nil)
	for _, e := range entries {
		m := metadataName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		n, _ := strconv.ParseInt(m[1], 10, 64) // at most 18 digits
		if n > newest {
			newest, names = n, nil
		}
		if n == newest {
			names = append(names, e.Name())
		}
	}
	if newest < 0 {
		return "", fmt.Errorf("%s holds no metadata of the Iceberg table", icebergFolder)
	}
	return l.hinted(newest, names)
}

// hinted picks among the names with the highest number as version-hint.text says.
func (l *log) hinted(newest int64, names []string) (string, error) {
	text, err := l.small(fsys.Join(l.folder, icebergFolder, "version-hint.text"))
	hint := strings.TrimSpace(string(text))
	if n, bad := strconv.ParseInt(hint, 10, 64); err == nil && bad == nil && n > newest {
		return "", fmt.Errorf("%s/version-hint.text names version %d, the newest metadata is of version %d: is the copy complete?", icebergFolder, n, newest)
	}
	if len(names) == 1 {
		return names[0], nil
	}
	for _, name := range names {
		if err == nil && (hint == name || hint+".metadata.json" == name || "v"+hint+".metadata.json" == name) {
			return name, nil
		}
	}
	return "", fmt.Errorf("%s holds %d metadata files of version %d (%s): which is the current one? Put its name into %s/version-hint.text",
		icebergFolder, len(names), newest, strings.Join(names[:min(len(names), 3)], ", "), icebergFolder)
}

func (l *log) readMetadata(name string) (*icebergMetadata, error) {
	text, err := l.small(fsys.Join(l.folder, icebergFolder, name))
	if err == nil && bytes.HasPrefix(text, []byte("\x1f\x8b")) {
		text, err = l.unzip(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", icebergFolder, name, err)
	}
	m := &icebergMetadata{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s/%s: want the metadata of an Iceberg table as JSON: %w", icebergFolder, name, err)
	}
	if m.FormatVersion != 1 && m.FormatVersion != 2 {
		return nil, fmt.Errorf("%s/%s: the Iceberg table is of format version %d; versions 1 and 2 are read: have its engine write the table as Parquet into a folder of its own",
			icebergFolder, name, m.FormatVersion)
	}
	if m.Schema != nil && len(m.Schemas) == 0 {
		m.Schemas, m.CurrentSchemaID = []icebergSchema{*m.Schema}, m.Schema.ID
	}
	if len(m.PartitionSpecs) == 0 {
		m.PartitionSpecs = []icebergSpec{{Fields: m.PartitionSpec}}
	}
	if m.Location == "" {
		return nil, fmt.Errorf("%s/%s: names no location of the table", icebergFolder, name)
	}
	return m, l.hold(3 * len(text))
}

func (l *log) unzip(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	most := min(4*mostLine, l.most)
	text, err := io.ReadAll(io.LimitReader(z, most+1))
	if err == nil && int64(len(text)) > most {
		err = errors.New("it takes more than the memory limit")
	}
	return text, err
}

// current is the current snapshot; nil: the table is empty.
func (m *icebergMetadata) current() (*icebergSnapshot, error) {
	if m.CurrentSnapshotID == nil || *m.CurrentSnapshotID == -1 {
		return nil, nil
	}
	for i := range m.Snapshots {
		if s := &m.Snapshots[i]; s.ID == *m.CurrentSnapshotID {
			if s.ManifestList == "" {
				return nil, fmt.Errorf("snapshot %d of the Iceberg table has no manifest list, as in its first drafts, which are not read", s.ID)
			}
			return s, nil
		}
	}
	return nil, fmt.Errorf("the metadata of the Iceberg table lacks its current snapshot %d", *m.CurrentSnapshotID)
}

// fields are the columns of the current schema, and what older schemas say of
// their names.
func (m *icebergMetadata) fields() (*Fields, *icebergSchema, error) {
	var now *icebergSchema
	names, ids := map[int32]string{}, map[string]int32{}
	f := &Fields{Names: map[int32]string{}}
	for i := range m.Schemas {
		s := &m.Schemas[i]
		if s.ID == m.CurrentSchemaID {
			now = s
		}
		for _, c := range s.Fields {
			name, had := names[c.ID]
			id, was := ids[c.Name]
			if had && name != c.Name || was && id != c.ID {
				f.Moved = c.Name
			}
			names[c.ID], ids[c.Name] = c.Name, c.ID
		}
	}
	if now == nil {
		return nil, nil, fmt.Errorf("the metadata of the Iceberg table lacks its current schema %d", m.CurrentSchemaID)
	}
	for _, c := range now.Fields {
		if c.ID <= 0 || c.Name == "" || f.Names[c.ID] != "" {
			return nil, nil, fmt.Errorf("the schema of the Iceberg table gives the column %q the id %d, which no other column may have", c.Name, c.ID)
		}
		f.Names[c.ID] = c.Name
	}
	return f, now, nil
}
