package tablelog

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys/fsystest"
)

const listSchema = `{"type":"record","name":"manifest_file","fields":[
	{"name":"manifest_path","type":"string","field-id":500},{"name":"manifest_length","type":"long","field-id":501},
	{"name":"partition_spec_id","type":"int","field-id":502},{"name":"content","type":"int","field-id":517},
	{"name":"sequence_number","type":"long","field-id":515}]}`

const manifestSchema = `{"type":"record","name":"manifest_entry","fields":[
	{"name":"status","type":"int","field-id":0},{"name":"snapshot_id","type":["null","long"],"field-id":1},
	{"name":"sequence_number","type":["null","long"],"field-id":3},
	{"name":"data_file","field-id":2,"type":{"type":"record","name":"r2","fields":[
		{"name":"content","type":"int","field-id":134},{"name":"file_path","type":"string","field-id":100},{"name":"file_format","type":"string","field-id":101},
		{"name":"partition","field-id":102,"type":{"type":"record","name":"r102","fields":[
			{"name":"day","type":["null","int"],"field-id":1001},{"name":"channel","type":["null","string"],"field-id":1000}]}},
		{"name":"record_count","type":"long","field-id":103},{"name":"file_size_in_bytes","type":"long","field-id":104},
		{"name":"lower_bounds","field-id":125,"type":["null",{"type":"array","logicalType":"map","items":{"type":"record","name":"k126_v127","fields":[
			{"name":"key","type":"int","field-id":126},{"name":"value","type":"bytes","field-id":127}]}}]},
		{"name":"upper_bounds","field-id":128,"type":["null",{"type":"array","logicalType":"map","items":"k126_v127"}]}]}}]}`

// entry is a line of a manifest.
type entry struct {
	status   int64
	sequence int64 // below 0: as the list says
	content  int64 // 1, 2: deleted rows by position, by value
	path     string
	format   string // "": PARQUET
	channel  string // "": null
	bound    string // of the paths of a file of positions
}

func (a *avroText) entry(e entry) {
	null := func(isNull bool) *avroText {
		if isNull {
			return a.long(0)
		}
		return a.long(1)
	}
	a.long(e.status).long(0)
	if null(e.sequence < 0); e.sequence >= 0 {
		a.long(e.sequence)
	}
	format := e.format
	if format == "" {
		format = "PARQUET"
	}
	a.long(e.content).text(e.path).text(format).long(1).long(19_000)
	if null(e.channel == ""); e.channel != "" {
		a.text(e.channel)
	}
	a.long(1).long(4)
	for range 2 {
		if null(e.bound == ""); e.bound != "" {
			a.long(2).long(1).text("x").long(pathColumn).text(e.bound).long(0)
		}
	}
}

// icebergManifest is one manifest with its line in the list.
type icebergManifest struct {
	deletes  bool
	sequence int64
	entries  []entry
}

const icebergHome = "s3://bucket/wh/orders"

func metadataOf(format int, more string) string {
	return fmt.Sprintf(`{"format-version":%d,"location":"%s/","current-snapshot-id":77,"snapshots":[{"snapshot-id":5,"manifest-list":"gone"},{"snapshot-id":77,"manifest-list":"s3a://bucket/wh/orders/metadata/list.avro"}],
		"current-schema-id":1,"schemas":[{"schema-id":0,"fields":[{"id":1,"name":"id","type":"string"},{"id":2,"name":"old","type":"double"}]},
			{"schema-id":1,"fields":[{"id":1,"name":"id","type":"string"},{"id":2,"name":"amount","type":"double"},{"id":3,"name":"channel","type":"string"},{"id":4,"name":"day","type":"date"},{"id":9,"name":"tags","type":{"type":"list"}}]}],
		"partition-specs":[{"spec-id":0,"fields":[{"source-id":3,"field-id":1000,"name":"channel","transform":"identity"},{"source-id":4,"field-id":1001,"name":"day","transform":"identity"},{"source-id":1,"field-id":1002,"name":"b","transform":"bucket[4]"}]}]%s}`, format, icebergHome, more)
}

// icebergTable writes metadata 3, a list and manifests, and data files of four bytes.
func icebergTable(t testing.TB, files []string, manifests ...icebergManifest) *fsystest.Mem {
	t.Helper()
	mem := fsystest.NewMem()
	for _, name := range files {
		put(t, mem, "/t/"+name, "PAR1")
	}
	var list avroText
	for i, m := range manifests {
		var entries avroText
		for _, e := range m.entries {
			entries.entry(e)
		}
		name := fmt.Sprintf("metadata/m%d.avro", i)
		put(t, mem, "/t/"+name, avroFile(manifestSchema, "null", int64(len(m.entries)), entries.Bytes()))
		content := int64(0)
		if m.deletes {
			content = 1
		}
		list.text(icebergHome + "/" + name).long(1).long(0).long(content).long(m.sequence)
	}
	put(t, mem, "/t/metadata/list.avro", avroFile(listSchema, "null", int64(len(manifests)), list.Bytes()))
	put(t, mem, "/t/metadata/00002-a.metadata.json", "{")
	put(t, mem, "/t/metadata/00003-a.metadata.json", metadataOf(2, ""))
	return mem
}

func dataEntry(status int64, name string) entry {
	return entry{status: status, sequence: -1, path: icebergHome + "/data/" + name}
}

// The files of the current snapshot are those that no manifest calls deleted.
func TestRead_IcebergTakesTheCurrentSnapshot(t *testing.T) {
	mem := icebergTable(t, []string{"data/a.parquet", "data/b.parquet", "data/c.parquet", "data/stray.parquet"},
		icebergManifest{sequence: 3, entries: []entry{dataEntry(1, "b.parquet"), dataEntry(2, "a.parquet")}}, icebergManifest{sequence: 1, entries: []entry{{sequence: 1, path: icebergHome + "/data/c.parquet", channel: "web"}}})
	for _, format := range []int{1, 2} {
		put(t, mem, "/t/metadata/00003-a.metadata.json", metadataOf(format, ""))
		table := wantFiles(t, mem, Iceberg, "data/b.parquet", "data/c.parquet")
		if table.Version != "snapshot 77 (00003-a.metadata.json)" {
			t.Errorf("have %s", table.Version)
		}
		if want := []Value{{"channel", "web"}, {"day", "2022-01-08"}}; !slices.Equal(table.Files[1].Partition, want) {
			t.Errorf("have %q, want %q", table.Files[1].Partition, want)
		}
		if want := map[int32]string{1: "id", 2: "amount", 3: "channel", 4: "day", 9: "tags"}; !maps.Equal(table.Fields.Names, want) || table.Fields.Moved != "amount" {
			t.Errorf("have %v, want %v", table.Fields, want)
		}
		if want := []string{"id", "channel"}; !slices.Equal(table.Texts, want) {
			t.Errorf("have %q, want %q", table.Texts, want)
		}
	}
}

// Delete files that concern a data file are refused; those that a compaction
// has left behind are not in the way.
func TestRead_IcebergRefusesDeleteFiles(t *testing.T) {
	data := icebergManifest{sequence: 4, entries: []entry{dataEntry(1, "a.parquet")}}
	for name, x := range map[string]struct {
		deleted entry
		refused bool
	}{
		"positions, same snapshot":   {entry{status: 1, sequence: 4, content: 1}, true},
		"positions, later":           {entry{status: 1, sequence: 5, content: 1, bound: icebergHome + "/data/a.parquet"}, true},
		"positions of a cut path":    {entry{status: 1, sequence: 5, content: 1, bound: icebergHome + "/data/a"}, true},
		"positions of another file":  {entry{status: 1, sequence: 5, content: 1, bound: icebergHome + "/data/gone.parquet"}, false},
		"positions, earlier":         {entry{status: 0, sequence: 3, content: 1}, false},
		"values, same snapshot":      {entry{status: 0, sequence: 4, content: 2}, false},
		"values, later":              {entry{status: 1, sequence: -1, content: 2}, true},
		"positions, deleted already": {entry{status: 2, sequence: 5, content: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			x.deleted.path = icebergHome + "/data/deletes.parquet"
			mem := icebergTable(t, []string{"data/a.parquet"}, data, icebergManifest{deletes: true, sequence: 9, entries: []entry{x.deleted}})
			if x.refused {
				refused(t, mem, Iceberg, "delete files", "deletes.parquet", "rewrite_data_files")
			} else {
				wantFiles(t, mem, Iceberg, "data/a.parquet")
			}
		})
	}
}

func TestRead_IcebergRefusesByName(t *testing.T) {
	good := []entry{dataEntry(1, "a.parquet")}
	table := func(entries ...entry) *fsystest.Mem {
		return icebergTable(t, []string{"data/a.parquet", "data/b.parquet"}, icebergManifest{sequence: 1, entries: entries})
	}
	with := func(name, text string) *fsystest.Mem {
		mem := table(good...)
		put(t, mem, "/t/metadata/"+name, text)
		return mem
	}
	for want, mem := range map[string]*fsystest.Mem{
		"format version 3":                       with("00004-b.metadata.json", metadataOf(3, "")),
		`of format "ORC"`:                        table(entry{status: 1, path: icebergHome + "/data/a.orc", format: "ORC"}),
		"data/c.parquet is missing, which snaps": table(dataEntry(1, "c.parquet")),
		"twice":                                  table(good[0], good[0]),
		"outside of its location":                table(entry{status: 1, path: "s3://other/orders/data/a.parquet"}),
		`/../x.parquet", which lies outside`:     table(entry{status: 1, path: icebergHome + "/../x.parquet"}),
		"2 metadata files of version 3":          with("00003-b.metadata.json", metadataOf(2, "")),
		"names version 4, the newest":            with("version-hint.text", "4\n"),
		"as JSON":                                with("v4.metadata.json", "{"),
		"no location":                            with("v4.metadata.json", `{"format-version":2}`),
		"lacks its current snapshot 78":          with("v4.metadata.json", strings.Replace(metadataOf(2, ""), `-id":77`, `-id":78`, 1)),
		"lacks its current schema 7":             with("v4.metadata.json", strings.Replace(metadataOf(2, ""), `schema-id":1`, `schema-id":7`, 1)),
		"lacks the partition spec 0":             with("v4.metadata.json", strings.Replace(metadataOf(2, ""), `"spec-id":0`, `"spec-id":1`, 1)),
		"no manifest list":                       with("v4.metadata.json", strings.Replace(metadataOf(2, ""), `"manifest-list":"s3a`, `"x":"s3a`, 1)),
		"the id 1, which no other":               with("v4.metadata.json", strings.Replace(metadataOf(2, ""), `{"id":4,`, `{"id":1,`, 1)),
		"with a status and a data file":          with("m0.avro", avroFile(`{"type":"record","name":"r","fields":[{"name":"x","type":"long"}]}`, "null", 1, []byte{2})),
		"no Avro file":                           with("list.avro", "PAR1"),
	} {
		refused(t, mem, Iceberg, want)
	}
}

// The hint settles which of two files with the same number counts; metadata may
// be compressed, and a table may be empty.
func TestRead_IcebergFindsTheMetadata(t *testing.T) {
	mem := icebergTable(t, []string{"data/a.parquet"}, icebergManifest{sequence: 1, entries: []entry{dataEntry(1, "a.parquet")}})
	put(t, mem, "/t/metadata/00003-b.metadata.json", metadataOf(3, ""))
	for _, hint := range []string{"00003-a", "00003-a.metadata.json\n"} {
		put(t, mem, "/t/metadata/version-hint.text", hint)
		wantFiles(t, mem, Iceberg, "data/a.parquet")
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, metadataOf(2, ""))
	z.Close()
	for _, name := range []string{"v10.gz.metadata.json", "v11.metadata.json.gz"} {
		put(t, mem, "/t/metadata/"+name, packed.String())
		if table := wantFiles(t, mem, Iceberg, "data/a.parquet"); !strings.Contains(table.Version, name) {
			t.Errorf("have %s, want %s", table.Version, name)
		}
	}
	put(t, mem, "/t/metadata/v12.metadata.json", strings.Replace(metadataOf(1, ""), `-snapshot-id":77`, `-snapshot-id":-1`, 1))
	wantFiles(t, mem, Iceberg)
}

func TestFormatOf_TellsTheFormatsApart(t *testing.T) {
	for path, want := range map[string]Format{"_delta_log/00000000000000000000.json": Delta, "metadata/v1.metadata.json": Iceberg, "metadata/00001-ab.gz.metadata.json": Iceberg,
		".hoodie/hoodie.properties": Hudi, "schema/schema-0": Paimon, "schema/notes.json": None, "metadata/notes.json": None, "metadata": None, "_delta_log": None, "a.parquet": None} {
		mem := fsystest.NewMem()
		put(t, mem, "/t/"+path, "x")
		if have, err := FormatOf(mem, "/t"); have != want || err != nil {
			t.Errorf("%s: have %q, %v, want %q", path, have, err, want)
		}
	}
	refused(t, fsystest.NewMem(), Hudi, "Hudi table", "as Parquet")
	refused(t, fsystest.NewMem(), Paimon, "Paimon table", "as Parquet")
}
