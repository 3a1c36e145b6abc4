package tablelog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func readIceberg(l *log) (*Table, error) {
	name, err := l.newestMetadata()
	if err != nil {
		return nil, err
	}
	m, err := l.readMetadata(name)
	if err != nil {
		return nil, err
	}
	fields, schema, err := m.fields()
	if err != nil {
		return nil, err
	}
	snapshot, err := m.current()
	if err != nil {
		return nil, err
	}
	t := &Table{Version: "the empty snapshot of " + name, Fields: fields}
	for _, c := range schema.Fields {
		if string(c.Type) == `"string"` {
			t.Texts = append(t.Texts, c.Name)
		}
	}
	if snapshot == nil {
		return t, nil
	}
	t.Version = fmt.Sprintf("snapshot %d (%s)", snapshot.ID, name)
	r := &icebergReader{log: l, metadata: m, schema: schema}
	if err := r.readList(snapshot.ManifestList); err != nil {
		return nil, err
	}
	t.Files = make([]File, len(r.files))
	for i := range r.files {
		t.Files[i] = r.files[i].File
	}
	return t, r.checkDeletes()
}

// icebergReader gathers the files of a snapshot.
type icebergReader struct {
	log      *log
	metadata *icebergMetadata
	schema   *icebergSchema
	files    []icebergFile
	deletes  []icebergDelete
}

type icebergFile struct {
	File
	written  string // its path as the manifest has it
	sequence int64
}

// icebergDelete is a file of deleted rows.
type icebergDelete struct {
	written  string
	sequence int64
	equality bool
	lower    string // bounds of the paths of the files that it is about; "": not known
	upper    string
}

// manifest is a line of a manifest list.
type manifest struct {
	path     string
	spec     int64
	deletes  bool
	sequence int64
}

// local is where a path of the table leads: it begins with the location that
// the table had when it was written, wherever its folder is now.
func (r *icebergReader) local(written string) (string, error) {
	location := strings.TrimRight(bucketPath(r.metadata.Location), "/") + "/"
	rest, inside := strings.CutPrefix(bucketPath(written), location)
	if !inside {
		return "", fmt.Errorf("the Iceberg table names the file %q, which lies outside of its location %q", written, r.metadata.Location)
	}
	return r.log.below(strings.TrimLeft(rest, "/"), written)
}

// bucketPath is a path without the scheme of local files, and with one scheme
// for the same object store.
func bucketPath(path string) string {
	for _, other := range []string{"s3a://", "s3n://"} {
		if rest, ok := strings.CutPrefix(path, other); ok {
			return "s3://" + rest
		}
	}
	return plainPath(path)
}

// each decodes the records of an Avro file of the table.
func (r *icebergReader) each(written string, record func(avroValue) error) error {
	path, err := r.local(written)
	if err != nil {
		return err
	}
	name, _ := filepath.Rel(r.log.folder, path)
	file, err := r.log.whole(path)
	if err == nil {
		r.log.room -= int64(len(file))
		err = eachAvro(file, max(r.log.room, 0), record)
		r.log.room += int64(len(file))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (r *icebergReader) readList(written string) error {
	var manifests []manifest
	err := r.each(written, func(v avroValue) error {
		m := manifest{path: v.field("manifest_path").text, spec: v.field("partition_spec_id").number,
			deletes: v.field("content").number != 0, sequence: v.field("sequence_number").number}
		manifests = append(manifests, m)
		return r.log.hold(len(m.path) + fileBytes)
	})
	if err != nil {
		return err
	}
	for _, m := range manifests {
		if err := r.readManifest(m); err != nil {
			return err
		}
	}
	return nil
}

// The states of an entry of a manifest.
const (
	entryAdded   = 1
	entryDeleted = 2
)

func (r *icebergReader) readManifest(m manifest) error {
	terms, err := r.terms(m.spec)
	if err != nil {
		return err
	}
	return r.each(m.path, func(v avroValue) error {
		status, sequence := v.field("status").number, v.field("sequence_number")
		if status == entryDeleted {
			return nil
		}
		if sequence.isNull() && status == entryAdded { // as the list says
			sequence.number = m.sequence
		}
		file := v.field("data_file")
		if v.field("status").isNull() || file.isNull() {
			return errors.New("want the entries of an Iceberg manifest, with a status and a data file")
		}
		written := file.field("file_path").text
		if err := r.log.hold(2*len(written) + fileBytes); err != nil {
			return err
		}
		if m.deletes || file.field("content").number != 0 {
			r.deletes = append(r.deletes, deleteOf(file, written, sequence.number))
			return nil
		}
		return r.add(file, written, sequence.number, terms)
	})
}

func (r *icebergReader) add(file avroValue, written string, sequence int64, terms []icebergTerm) error {
	if format := file.field("file_format").text; !strings.EqualFold(format, "parquet") {
		return fmt.Errorf("the Iceberg table has the file %q of format %q: want Parquet", written, format)
	}
	path, err := r.local(written)
	if err != nil {
		return err
	}
	f := icebergFile{File: File{Path: path, Size: file.field("file_size_in_bytes").number}, written: written, sequence: sequence}
	partition := file.field("partition")
	for i, term := range terms {
		if v, ok := r.identity(term, partition, i); ok {
			f.Partition = append(f.Partition, v)
			if err := r.log.hold(len(v.Name) + len(v.Value) + 64); err != nil {
				return err
			}
		}
	}
	r.files = append(r.files, f)
	return nil
}

func (r *icebergReader) terms(spec int64) ([]icebergTerm, error) {
	for _, s := range r.metadata.PartitionSpecs {
		if int64(s.ID) == spec {
			return s.Fields, nil
		}
	}
	return nil, fmt.Errorf("the metadata of the Iceberg table lacks the partition spec %d", spec)
}

// identity is the value of a column by which files are parted: tables that came
// from Hive do not repeat it in their files.
func (r *icebergReader) identity(term icebergTerm, partition avroValue, at int) (Value, bool) {
	if term.Transform != "identity" || partition.of == nil {
		return Value{}, false
	}
	for i, f := range partition.of.fields {
		if f.id == term.FieldID && f.id != 0 {
			at = i
		}
	}
	for _, c := range r.schema.Fields {
		if c.ID == term.SourceID && at < len(partition.fields) {
			text, ok := partitionText(strings.Trim(string(c.Type), `"`), partition.fields[at])
			return Value{c.Name, text}, ok
		}
	}
	return Value{}, false
}

// partitionText writes a value of a simple type as in a Hive folder.
func partitionText(kind string, v avroValue) (text string, ok bool) {
	switch {
	case v.isNull():
		return "", true
	case kind == "string":
		return v.text, true
	case kind == "int" || kind == "long":
		return strconv.FormatInt(v.number, 10), true
	case kind == "boolean":
		return strconv.FormatBool(v.number != 0), true
	case kind == "date":
		return time.Unix(v.number*24*60*60, 0).UTC().Format(time.DateOnly), true
	}
	return "", false
}

// pathColumn is the field id of the column of paths in a file of deleted rows.
const pathColumn = 2147483546

func deleteOf(file avroValue, written string, sequence int64) icebergDelete {
	d := icebergDelete{written: written, sequence: sequence, equality: file.field("content").number == 2}
	if of := file.field("referenced_data_file"); !of.isNull() {
		d.lower, d.upper = of.text, of.text
		return d
	}
	for name, bound := range map[string]*string{"lower_bounds": &d.lower, "upper_bounds": &d.upper} {
		for _, b := range file.field(name).items {
			if b.field("key").number == pathColumn {
				*bound = b.field("value").text
			}
		}
	}
	return d
}

// concerns says whether rows of the file may be among those that were deleted.
func (d *icebergDelete) concerns(f *icebergFile) bool {
	if d.equality {
		return f.sequence < d.sequence
	}
	if d.lower != "" && f.written < d.lower || d.upper != "" && f.written > d.upper && !strings.HasPrefix(f.written, d.upper) {
		return false
	}
	return f.sequence <= d.sequence
}

// checkDeletes refuses a table with rows that were deleted and are still in its
// files. A compaction may leave delete files behind that concern no file.
func (r *icebergReader) checkDeletes() error {
	for i := range r.deletes {
		d := &r.deletes[i]
		for k := range r.files {
			if d.concerns(&r.files[k]) {
				return fmt.Errorf("the Iceberg table has delete files (%d, such as %s): rows that were deleted are still in its data files; "+
					"rewrite these first with CALL system.rewrite_data_files(table => …, options => map('delete-file-threshold', '1'))", len(r.deletes), d.written)
			}
		}
	}
	return nil
}
