package tablelog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"winback/internal/fsys"
)

// deltaAction is one line of a commit: mostly one of these.
type deltaAction struct {
	Add      *deltaAdd
	Remove   *deltaAdd
	MetaData *deltaMetaData
	Protocol *deltaProtocol
	Sidecar  *struct{ Path string }
}

type deltaAdd struct {
	Path            string
	PartitionValues map[string]*string
	Size            int64
	DeletionVector  *deletionVector
}

type deletionVector struct {
	StorageType    string
	PathOrInlineDv string
	Offset         *int64
}

type deltaMetaData struct {
	SchemaString     string
	PartitionColumns []string
	Configuration    map[string]string
}

type deltaProtocol struct {
	MinReaderVersion int
	ReaderFeatures   []string
}

// deltaState is the table as the actions so far have made it.
type deltaState struct {
	log      *log
	files    map[string]*deltaAdd // by key
	metaData *deltaMetaData
	protocol *deltaProtocol
	sidecars []string
}

func readDelta(l *log) (*Table, error) {
	listed, err := l.listDelta()
	if err != nil {
		return nil, err
	}
	if err := l.checkHint(listed.newest); err != nil {
		return nil, err
	}
	from, files, err := listed.begin()
	if err != nil {
		return nil, err
	}
	s := &deltaState{log: l, files: map[string]*deltaAdd{}}
	for _, name := range files {
		if err := s.readCheckpoint(deltaFolder + "/" + name); err != nil {
			return nil, err
		}
	}
	for v := from + 1; v <= listed.newest; v++ {
		if err := s.readLines(commitFile(v)); err != nil {
			return nil, err
		}
	}
	return s.table(fmt.Sprintf("version %d", listed.newest))
}

// readCheckpoint reads a file of a checkpoint, and the sidecars that it names.
func (s *deltaState) readCheckpoint(name string) error {
	read := s.readParquet
	if strings.HasSuffix(name, ".json") {
		read = s.readLines
	}
	if err := read(name); err != nil {
		return err
	}
	sidecars := s.sidecars
	s.sidecars = nil
	for _, sidecar := range sidecars {
		if sidecar == "" || strings.ContainsAny(sidecar, `/\`) {
			return fmt.Errorf("%s: names the sidecar %q, which lies outside of %s/_sidecars", name, sidecar, deltaFolder)
		}
		if err := s.readParquet(deltaFolder + "/_sidecars/" + sidecar); err != nil {
			return err
		}
	}
	return nil
}

// readLines reads a file of actions as JSON, one a line.
func (s *deltaState) readLines(name string) error {
	f, err := s.log.fsy.Open(fsys.Join(s.log.folder, name))
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, int(min(mostLine, s.log.most)))
	n, actions := 1, 0
	for ; lines.Scan(); n++ {
		if len(strings.TrimSpace(lines.Text())) == 0 {
			continue
		}
		var a deltaAction
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return fmt.Errorf("%s: line %d: want an action of Delta Lake as JSON: %w", name, n, err)
		}
		if err := s.apply(&a); err != nil {
			return fmt.Errorf("%s: line %d: %w", name, n, err)
		}
		actions++
	}
	if err := lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("longer than %d MB", mostLine>>20)
		}
		return fmt.Errorf("%s: line %d: %w", name, n, err)
	}
	if actions == 0 {
		return fmt.Errorf("%s: holds no action: is it still being written?", name)
	}
	return nil
}

func (s *deltaState) apply(a *deltaAction) error {
	if a.Remove != nil {
		key := a.Remove.key()
		if gone := s.files[key]; gone != nil {
			s.log.room += int64(gone.bytes())
			delete(s.files, key)
		}
	}
	if a.MetaData != nil {
		s.metaData = a.MetaData
	}
	if a.Protocol != nil {
		s.protocol = a.Protocol
	}
	if a.Sidecar != nil {
		s.sidecars = append(s.sidecars, a.Sidecar.Path)
	}
	if a.Add != nil {
		return s.add(a.Add)
	}
	return nil
}

func (s *deltaState) add(f *deltaAdd) error {
	if f.Path == "" || f.Size < 0 {
		return fmt.Errorf("adds the file %q of %d bytes: want a path and a size", f.Path, f.Size)
	}
	key := f.key()
	if old := s.files[key]; old != nil {
		s.log.room += int64(old.bytes())
	}
	s.files[key] = f
	return s.log.hold(f.bytes())
}

// key tells files apart as the format does: the same file with other rows
// deleted is another one.
func (f *deltaAdd) key() string {
	v := f.DeletionVector
	if v == nil {
		return f.Path
	}
	offset := int64(-1)
	if v.Offset != nil {
		offset = *v.Offset
	}
	return fmt.Sprintf("%s\x00%s%s@%d", f.Path, v.StorageType, v.PathOrInlineDv, offset)
}

// bytes is what the file takes in memory.
func (f *deltaAdd) bytes() int {
	n := 2*len(f.Path) + fileBytes
	for name, value := range f.PartitionValues {
		n += len(name) + 64
		if value != nil {
			n += len(*value)
		}
	}
	return n
}

// table is the table that is left when all actions were applied.
func (s *deltaState) table(version string) (*Table, error) {
	if s.protocol == nil || s.metaData == nil {
		return nil, fmt.Errorf("%s up to %s states no protocol or no metadata of the Delta Lake table: the log is damaged", deltaFolder, version)
	}
	if err := s.readable(); err != nil {
		return nil, err
	}
	t := &Table{Version: version, Texts: s.metaData.texts()}
	for _, f := range s.files {
		path, err := s.log.deltaPath(f.Path)
		if err != nil {
			return nil, err
		}
		t.Files = append(t.Files, File{Path: path, Size: f.Size, Partition: partitionOf(s.metaData.PartitionColumns, f.PartitionValues)})
	}
	return t, nil
}

// texts are the columns of text in the schema.
func (m *deltaMetaData) texts() []string {
	var schema struct {
		Fields []struct {
			Name string
			Type json.RawMessage // text, or an object where it is nested
		}
	}
	var names []string
	if json.Unmarshal([]byte(m.SchemaString), &schema) != nil {
		return nil // nothing is known of its columns
	}
	for _, c := range schema.Fields {
		if string(c.Type) == `"string"` {
			names = append(names, c.Name)
		}
	}
	return names
}

// readFeatures are the features of a table that change nothing for whoever
// reads its live files by name, each by its own types. Deletion vectors and
// column mapping may be allowed and not used, which is looked at.
var readFeatures = []string{"columnMapping", "deletionVectors", "timestampNtz", "typeWidening", "typeWidening-preview", "v2Checkpoint", "vacuumProtocolCheck"}

// readable refuses by name what would be misread.
func (s *deltaState) readable() error {
	const instead = "have its engine write the table as Parquet into a folder of its own"
	p := s.protocol
	if p.MinReaderVersion < 1 || p.MinReaderVersion > 3 {
		return fmt.Errorf("the Delta Lake table wants reader version %d, versions 1 to 3 are read: %s", p.MinReaderVersion, instead)
	}
	for _, feature := range p.ReaderFeatures {
		if !slices.Contains(readFeatures, feature) {
			return fmt.Errorf("the Delta Lake table uses the feature %q, which is not read: %s", feature, instead)
		}
	}
	if mode := s.metaData.Configuration["delta.columnMapping.mode"]; mode != "" && mode != "none" {
		return fmt.Errorf("the Delta Lake table uses columnMapping (delta.columnMapping.mode=%s): its files know the columns by other names, which is not read: %s", mode, instead)
	}
	vectors, first := 0, ""
	for _, f := range s.files {
		if f.DeletionVector != nil {
			if vectors++; first == "" || f.Path < first {
				first = f.Path
			}
		}
	}
	if vectors > 0 {
		return fmt.Errorf("%d of %d files of the Delta Lake table have deletionVectors (such as %s): rows that were deleted are still in them; write these files anew first with REORG TABLE … APPLY (PURGE)",
			vectors, len(s.files), first)
	}
	return nil
}

// urlStart is how an absolute URL begins.
var urlStart = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):/`)

// deltaPath is where a path of the log leads: it is escaped as in a URL, and
// relative to the table or absolute.
func (l *log) deltaPath(written string) (string, error) {
	name, err := url.PathUnescape(written)
	if err != nil {
		return "", fmt.Errorf("the log names the file %q: %w", written, err)
	}
	scheme := urlStart.FindStringSubmatch(written)
	if scheme == nil && !strings.HasPrefix(written, "/") {
		return l.below(name, written)
	}
	folder, err := fsys.Abs(l.folder)
	if err != nil {
		return "", err
	}
	rest, inside := strings.CutPrefix(bucketPath(name), filepath.ToSlash(folder)+"/")
	if scheme != nil && scheme[1] != "file" && !fsys.InStore(folder) || !inside {
		return "", fmt.Errorf("the log names the file %q, which lies outside of the table's folder, as in a shallow clone: copy the table whole, or have its engine write it as Parquet", written)
	}
	return l.below(rest, written)
}
