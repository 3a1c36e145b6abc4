package tablelog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys/fsystest"
)

const (
	protocolLine = `{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}`
	metaDataLine = `{"metaData":{"id":"x","schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"long\"}]}","partitionColumns":[],"configuration":{}}}`
)

func addLine(path string) string {
	return fmt.Sprintf(`{"add":{"path":%q,"partitionValues":{},"size":4,"modificationTime":1,"dataChange":true,"stats":"{}"}}`, path)
}

func removeLine(path string) string {
	return fmt.Sprintf(`{"remove":{"path":%q,"deletionTimestamp":1,"dataChange":true}}`, path)
}

// deltaTable writes commits, each of so many lines, and data files of four bytes.
func deltaTable(t testing.TB, files []string, commits ...[]string) *fsystest.Mem {
	t.Helper()
	mem := fsystest.NewMem()
	for _, name := range files {
		put(t, mem, "/t/"+name, "PAR1")
	}
	for v, lines := range commits {
		if lines != nil {
			put(t, mem, "/t/"+commitFile(int64(v)), strings.Join(lines, "\n")+"\n")
		}
	}
	return mem
}

var firstCommit = []string{`{"commitInfo":{"operation":"WRITE"}}`, protocolLine, metaDataLine, addLine("a.parquet"), addLine("b.parquet")}

// What a deletion, an update, an overwrite or a compaction replaced lies in the
// folder still and is not read.
func TestRead_DeltaTakesTheLiveFilesOnly(t *testing.T) {
	files := []string{"a.parquet", "b.parquet", "c.parquet", "d.parquet", "e.parquet", "stray.parquet"}
	for name, x := range map[string]struct {
		commits [][]string
		want    []string
	}{
		"as written":      {nil, []string{"a.parquet", "b.parquet"}},
		"append":          {[][]string{{addLine("c.parquet")}}, []string{"a.parquet", "b.parquet", "c.parquet"}},
		"delete of rows":  {[][]string{{removeLine("a.parquet"), addLine("c.parquet")}}, []string{"b.parquet", "c.parquet"}},
		"delete of files": {[][]string{{removeLine("a.parquet")}}, []string{"b.parquet"}},
		"update":          {[][]string{{addLine("c.parquet"), removeLine("b.parquet")}, {removeLine("c.parquet"), addLine("d.parquet")}}, []string{"a.parquet", "d.parquet"}},
		"overwrite":       {[][]string{{removeLine("a.parquet"), removeLine("b.parquet"), addLine("e.parquet")}}, []string{"e.parquet"}},
		"compaction":      {[][]string{{addLine("c.parquet")}, {addLine("d.parquet"), removeLine("a.parquet"), removeLine("b.parquet"), removeLine("c.parquet")}}, []string{"d.parquet"}},
		"restore":         {[][]string{{removeLine("a.parquet")}, {addLine("a.parquet")}}, []string{"a.parquet", "b.parquet"}},
		"all deleted":     {[][]string{{removeLine("a.parquet"), removeLine("b.parquet")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			mem := deltaTable(t, files, append([][]string{firstCommit}, x.commits...)...)
			table := wantFiles(t, mem, Delta, x.want...)
			if want := fmt.Sprintf("version %d", len(x.commits)); table.Version != want {
				t.Errorf("have %s, want %s", table.Version, want)
			}
			if !slices.Equal(table.Texts, []string{"id"}) {
				t.Errorf("have the columns of text %q, want id", table.Texts)
			}
		})
	}
}

// Values of partition columns stand in the log; paths are written as in a URL.
func TestRead_DeltaTakesPartitionValuesFromTheLog(t *testing.T) {
	path := "place=K%C3%B6ln%2FBonn/size=__HIVE_DEFAULT_PARTITION__/part:0.parquet"
	meta := strings.Replace(metaDataLine, `"partitionColumns":[]`, `"partitionColumns":["place","size","day"]`, 1)
	add := strings.Replace(addLine("place=K%25C3%25B6ln%252FBonn/size=__HIVE_DEFAULT_PARTITION__/part:0.parquet"), `"partitionValues":{}`, `"partitionValues":{"place":"Köln/Bonn","size":null}`, 1)
	mem := deltaTable(t, []string{path}, []string{protocolLine, meta, add})
	table := wantFiles(t, mem, Delta, path)
	if want := []Value{{"place", "Köln/Bonn"}, {"size", ""}, {"day", ""}}; !slices.Equal(table.Files[0].Partition, want) {
		t.Errorf("have %q, want %q", table.Files[0].Partition, want)
	}
}

func TestRead_DeltaResolvesAbsolutePathsWithinTheTable(t *testing.T) {
	mem := deltaTable(t, []string{"a b.parquet", "c.parquet"}, []string{protocolLine, metaDataLine, addLine("file:///t/a%20b.parquet"), addLine("/t/c.parquet")})
	wantFiles(t, mem, Delta, "a b.parquet", "c.parquet")
	for _, path := range []string{"/other/c.parquet", "s3://bucket/t/c.parquet", "file:///tt/c.parquet", "../t/c.parquet", "x/../../t2/c.parquet", "%2e%2e/c.parquet", "%zz.parquet", "/t/../u/c.parquet"} {
		refused(t, deltaTable(t, nil, []string{protocolLine, metaDataLine, addLine(path)}), Delta, fmt.Sprintf("%q", path))
	}
}

// What would be misread is refused by the name that the format gives it.
func TestRead_DeltaRefusesByName(t *testing.T) {
	vector := strings.Replace(addLine("a.parquet"), `"size":4`, `"size":4,"deletionVector":{"storageType":"u","pathOrInlineDv":"ab","offset":1,"sizeInBytes":34,"cardinality":2}`, 1)
	features := func(names string) string {
		return `{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[` + names + `],"writerFeatures":[]}}`
	}
	for want, commits := range map[string][][]string{
		"deletionVectors":             {firstCommit, {features(`"deletionVectors"`), removeLine("a.parquet"), vector}},
		`feature "variantType"`:       {firstCommit, {features(`"timestampNtz","variantType"`)}},
		"columnMapping":               {firstCommit, {strings.Replace(metaDataLine, `"configuration":{}`, `"configuration":{"delta.columnMapping.mode":"name"}`, 1)}},
		"reader version 4":            {firstCommit, {`{"protocol":{"minReaderVersion":4}}`}},
		"no protocol":                 {{metaDataLine, addLine("a.parquet")}},
		"version 1 (_delta_log/00000": {firstCommit, nil, {addLine("b.parquet")}},
		"version 0 (_delta_log/00000": {nil, {addLine("b.parquet")}},
		"line 2: want an action":      {firstCommit, {addLine("a.parquet"), `{"add":{"path":"c.par`}},
		"holds no action":             {firstCommit, {""}},
		`the file "" of 4 bytes`:      {firstCommit, {addLine("")}},
		"c.parquet is missing, which version 1 of the Delta Lake table names": {firstCommit, {addLine("c.parquet")}},
		"has 4 bytes, version 1": {firstCommit, {removeLine("a.parquet"), strings.Replace(addLine("a.parquet"), `"size":4`, `"size":5`, 1)}},
	} {
		refused(t, deltaTable(t, []string{"a.parquet", "b.parquet"}, commits...), Delta, want)
	}
	allowed := features(`"timestampNtz","v2Checkpoint","deletionVectors","columnMapping","vacuumProtocolCheck","typeWidening"`)
	wantFiles(t, deltaTable(t, []string{"a.parquet", "b.parquet"}, firstCommit, []string{allowed}), Delta, "a.parquet", "b.parquet")
	// A vector that a later rewrite took away again.
	wantFiles(t, deltaTable(t, []string{"a.parquet", "b.parquet", "c.parquet"}, firstCommit, []string{removeLine("a.parquet"), vector},
		[]string{strings.NewReplacer(`"add"`, `"remove"`).Replace(vector), addLine("c.parquet")}), Delta, "b.parquet", "c.parquet")
}

// A hint that is newer than the log shows that the copy lacks files; an old or a
// broken one changes nothing.
func TestRead_DeltaDoubtsTheHint(t *testing.T) {
	mem := deltaTable(t, []string{"a.parquet", "b.parquet"}, firstCommit)
	for _, hint := range []string{`{"version":0}`, `{"version":-3}`, `{`, ``} {
		put(t, mem, "/t/_delta_log/_last_checkpoint", hint)
		wantFiles(t, mem, Delta, "a.parquet", "b.parquet")
	}
	put(t, mem, "/t/_delta_log/_last_checkpoint", `{"version":10,"size":4}`)
	refused(t, mem, Delta, "version 10", "newest version in the log is 0")
}

func TestRead_BoundsTheLog(t *testing.T) {
	lines := append([]string(nil), protocolLine, metaDataLine)
	for i := range 1000 {
		lines = append(lines, addLine(fmt.Sprintf("part-%05d.parquet", i)))
	}
	mem := deltaTable(t, nil, lines)
	if _, err := Read(mem, "/t", Delta, 100_000); err == nil || !strings.Contains(err.Error(), "memory limit") {
		t.Errorf("a log of 1,000 files in 100 kB: have %v", err)
	}
	refused(t, mem, Delta, "part-00000.parquet is missing")
	put(t, mem, "/t/"+commitFile(1), addLine(strings.Repeat("x", mostLine)))
	refused(t, mem, Delta, commitFile(1), "line 1: longer than 16 MB")
}

// Rows of a checkpoint, as Spark and delta-rs name the columns.
type (
	checkpointRow struct {
		Protocol *checkpointProtocol `parquet:"protocol,optional"`
		MetaData *checkpointMetaData `parquet:"metaData,optional"`
		Add      *checkpointAdd      `parquet:"add,optional"`
		Remove   *checkpointRemove   `parquet:"remove,optional"`
		Sidecar  *checkpointSidecar  `parquet:"sidecar,optional"`
	}
	checkpointProtocol struct {
		MinReaderVersion int32    `parquet:"minReaderVersion"`
		ReaderFeatures   []string `parquet:"readerFeatures,list"`
	}
	checkpointMetaData struct {
		SchemaString     string            `parquet:"schemaString"`
		PartitionColumns []string          `parquet:"partitionColumns,list"`
		Configuration    map[string]string `parquet:"configuration"`
	}
	checkpointAdd struct {
		Path            string             `parquet:"path"`
		PartitionValues map[string]*string `parquet:"partitionValues" parquet-value:",optional"`
		Size            int64              `parquet:"size"`
		DeletionVector  *checkpointVector  `parquet:"deletionVector,optional"`
	}
	checkpointVector struct {
		StorageType    string `parquet:"storageType"`
		PathOrInlineDv string `parquet:"pathOrInlineDv"`
	}
	checkpointRemove struct {
		Path string `parquet:"path"`
	}
	checkpointSidecar struct {
		Path string `parquet:"path"`
	}
)

func checkpointAdds(names ...string) []checkpointRow {
	var rows []checkpointRow
	for _, name := range names {
		web := "web"
		rows = append(rows, checkpointRow{Add: &checkpointAdd{Path: name, Size: 4, PartitionValues: map[string]*string{"channel": &web, "day": nil}}})
	}
	return rows
}

func checkpointHead(features ...string) []checkpointRow {
	return []checkpointRow{{Protocol: &checkpointProtocol{3, features}}, {Remove: &checkpointRemove{"a.parquet"}},
		{MetaData: &checkpointMetaData{`{"fields":[{"name":"id","type":"string"}]}`, []string{"channel", "day"}, map[string]string{"delta.appendOnly": "false"}}}}
}

// The log begins at the newest complete checkpoint, whichever way it is written.
func TestRead_DeltaBeginsAtTheCheckpoint(t *testing.T) {
	const v = "/t/_delta_log/00000000000000000010.checkpoint"
	whole := slices.Concat(checkpointHead("timestampNtz"), checkpointAdds("a.parquet", "b.parquet"))
	for name, files := range map[string]map[string]string{
		"one file":         {v + ".parquet": parquetOf(t, whole)},
		"parts":            {v + ".0000000001.0000000002.parquet": parquetOf(t, whole[:3]), v + ".0000000002.0000000002.parquet": parquetOf(t, whole[3:])},
		"sidecars":         {v + ".80a083e8-7026-4e79-81be-64bd76c43a11.parquet": parquetOf(t, append(checkpointHead("v2Checkpoint"), checkpointRow{Sidecar: &checkpointSidecar{"s.parquet"}})), "/t/_delta_log/_sidecars/s.parquet": parquetOf(t, whole[3:])},
		"JSON and sidecar": {v + ".80a083e8-7026-4e79-81be-64bd76c43a11.json": jsonLines(t, protocolLine, strings.Replace(metaDataLine, `"partitionColumns":[]`, `"partitionColumns":["channel","day"]`, 1), `{"sidecar":{"path":"s.parquet","sizeInBytes":3}}`), "/t/_delta_log/_sidecars/s.parquet": parquetOf(t, whole[3:])},
	} {
		t.Run(name, func(t *testing.T) {
			mem := deltaTable(t, []string{"a.parquet", "b.parquet", "c.parquet"})
			for path, text := range files {
				put(t, mem, path, text)
			}
			put(t, mem, "/t/_delta_log/00000000000000000012.checkpoint.0000000001.0000000002.parquet", "half of a checkpoint")
			put(t, mem, v+".0000000001.0000000003.parquet", "a third of another")
			table := wantFiles(t, mem, Delta, "a.parquet", "b.parquet")
			if want := []Value{{"channel", "web"}, {"day", ""}}; !slices.Equal(table.Files[1].Partition, want) || table.Version != "version 10" {
				t.Errorf("have %q of %s, want %q of version 10", table.Files[1].Partition, table.Version, want)
			}
			put(t, mem, "/t/"+commitFile(11), removeLine("a.parquet")+"\n"+addLine("c.parquet"))
			wantFiles(t, mem, Delta, "b.parquet", "c.parquet")
			put(t, mem, "/t/"+commitFile(13), removeLine("b.parquet"))
			refused(t, mem, Delta, "version 12 (_delta_log/00000000000000000012.json) is missing")
		})
	}
}

func jsonLines(t *testing.T, lines ...string) string {
	t.Helper()
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Fatalf("not JSON: %s", line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestRead_DeltaRefusesDeletionVectorsOfCheckpoints(t *testing.T) {
	adds := checkpointAdds("a.parquet", "b.parquet")
	adds[1].Add.DeletionVector = &checkpointVector{"i", "wi5b="}
	mem := deltaTable(t, []string{"a.parquet", "b.parquet"})
	const name = "/t/_delta_log/00000000000000000010.checkpoint.parquet"
	put(t, mem, name, parquetOf(t, slices.Concat(checkpointHead("deletionVectors"), adds)))
	refused(t, mem, Delta, "1 of 2 files", "deletionVectors", "b.parquet")
	put(t, mem, name, parquetOf(t, slices.Concat(checkpointHead("somethingNew"), adds)))
	refused(t, mem, Delta, `feature "somethingNew"`)
	put(t, mem, name, parquetOf(t, []checkpointRow{{Sidecar: &checkpointSidecar{"../s.parquet"}}}))
	refused(t, mem, Delta, `sidecar "../s.parquet"`)
	put(t, mem, name, parquetOf(t, []struct {
		Add struct {
			Path float64 `parquet:"path"`
		} `parquet:"add"`
	}{{}}))
	refused(t, mem, Delta, name[len("/t/"):], "want text or a whole number")
}

// A damaged checkpoint is an error or reads as it was; it neither panics nor hangs.
func TestRead_DeltaSurvivesDamagedCheckpoints(t *testing.T) {
	good := []byte(parquetOf(t, slices.Concat(checkpointHead(), checkpointAdds("a.parquet", "b.parquet"))))
	mem := deltaTable(t, []string{"a.parquet", "b.parquet"})
	for at := 0; at < len(good); at += 7 {
		bad := bytes.Clone(good)
		bad[at] ^= 0x55
		put(t, mem, "/t/_delta_log/00000000000000000010.checkpoint.parquet", string(bad))
		_, _ = read(mem, Delta)
		put(t, mem, "/t/_delta_log/00000000000000000010.checkpoint.parquet", string(good[:at]))
		if _, err := read(mem, Delta); err == nil {
			t.Errorf("cut off at byte %d: taken", at)
		}
	}
}

// FuzzDeltaLog: whatever a commit says, the table is read or refused.
func FuzzDeltaLog(f *testing.F) {
	f.Add(strings.Join(firstCommit, "\n"))
	f.Add(removeLine("a.parquet") + "\n" + `{"txn":{}}`)
	f.Add(`{"add":{"path":"x%20y","partitionValues":{"a":null},"size":-1,"deletionVector":{}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		mem := deltaTable(t, []string{"a.parquet", "b.parquet"}, firstCommit)
		put(t, mem, "/t/"+commitFile(1), text)
		table, err := read(mem, Delta)
		if err != nil {
			return
		}
		for _, file := range table.Files {
			if file.Path != "/t/a.parquet" && file.Path != "/t/b.parquet" && !strings.HasPrefix(file.Path, "/t/_delta_log/") {
				t.Errorf("names %q, which is not there", file.Path)
			}
		}
	})
}
