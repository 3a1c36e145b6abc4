package scale

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// soldLine is a line of a generated shop.
type soldLine struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderedAt  int64  `parquet:"ordered_at,timestamp(microsecond:local)"`
	ProductID  string `parquet:"product_id"`
	Category   string `parquet:"category"`
	Quantity   int32  `parquet:"quantity"`
	UnitPrice  int64  `parquet:"unit_price,decimal(2:10)"`
	Channel    string `parquet:"channel"`
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// generatedShop is the file of an invented shop, and its lines.
func generatedShop(t *testing.T, customers int) (path string, lines []soldLine) {
	t.Helper()
	var s jobs.GenerateSettings
	settings.Default(&s)
	s.Out, s.Customers, s.Files = t.TempDir(), customers, 1
	must(t, jobs.Generate(context.Background(), s, console.UI{}))
	path = filepath.Join(s.Out, "part-000.parquet")
	lines, err := parquet.ReadFile[soldLine](path)
	must(t, err)
	return path, lines
}

var lineSchema = arrow.NewSchema([]arrow.Field{{Name: "customer_id", Type: arrow.BinaryTypes.String}, {Name: "order_id", Type: arrow.BinaryTypes.String},
	{Name: "ordered_at", Type: &arrow.TimestampType{Unit: arrow.Microsecond}}, {Name: "product_id", Type: arrow.BinaryTypes.String}, {Name: "category", Type: arrow.BinaryTypes.String},
	{Name: "quantity", Type: arrow.PrimitiveTypes.Int32}, {Name: "unit_price", Type: &arrow.Decimal128Type{Precision: 10, Scale: 2}}, {Name: "channel", Type: arrow.BinaryTypes.String}}, nil)

// batchesOf are lines as batches of Arrow.
func batchesOf(lines []soldLine, rows int) (batches []arrow.Record) {
	for chunk := range slices.Chunk(lines, rows) {
		b := array.NewRecordBuilder(memory.DefaultAllocator, lineSchema)
		for _, l := range chunk {
			for i, text := range map[int]string{0: l.CustomerID, 1: l.OrderID, 3: l.ProductID, 4: l.Category, 7: l.Channel} {
				b.Field(i).(*array.StringBuilder).Append(text)
			}
			b.Field(2).(*array.TimestampBuilder).Append(arrow.Timestamp(l.OrderedAt))
			b.Field(5).(*array.Int32Builder).Append(l.Quantity)
			b.Field(6).(*array.Decimal128Builder).Append(decimal128.FromI64(l.UnitPrice))
		}
		batches = append(batches, b.NewRecord())
	}
	return batches
}

// streamOf is a stream of batches with an end record.
func streamOf(t *testing.T, batches []arrow.Record, rows int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(lineSchema))
	for _, batch := range batches {
		must(t, w.Write(batch))
	}
	must(t, w.Close())
	return sealed(b.Bytes(), rows)
}

func sealed(stream []byte, rows int64) []byte {
	sum := sha256.Sum256(stream)
	return append(binary.LittleEndian.AppendUint64(append(bytes.Clone(stream), "winbEND1"...), uint64(rows)), sum[:]...)
}

func dealSettings(sample string) *DealSettings {
	s := new(DealSettings)
	settings.Default(s)
	s.SampleFile, s.Workers = sample, 1
	return s
}

// A stream of lines that is not whole is refused, and nothing is written.
func TestDeal_RefusesEveryCutDamagedAndShuffledStream(t *testing.T) {
	sample, lines := generatedShop(t, 150)
	lines = lines[:1200]
	batches := batchesOf(lines, 150)
	whole := streamOf(t, batches, int64(len(lines)))
	const endRecord = 48
	stream := whole[:len(whole)-endRecord]
	r := rand.New(rand.NewPCG(15, 3))
	wrong := map[string]func() []byte{
		"cut":          func() []byte { return whole[:r.IntN(len(whole))] },
		"cut in front": func() []byte { return whole[1+r.IntN(len(whole)-1):] },
		"cut within": func() []byte {
			at, n := r.IntN(len(stream)-1), 1+r.IntN(900)
			return slices.Delete(bytes.Clone(whole), at, min(at+n, len(stream)))
		},
		"damaged": func() []byte {
			b := bytes.Clone(whole)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
			}
			return b
		},
		"blocks swapped": func() []byte {
			b := bytes.Clone(whole)
			x, y := r.IntN(len(b)/2-64), len(b)/2+r.IntN(len(b)/2-64)
			for i := range 64 {
				b[x+i], b[y+i] = b[y+i], b[x+i]
			}
			if bytes.Equal(b, whole) {
				b[0] ^= 1
			}
			return b
		},
		"batches shuffled": func() []byte { // under the end record of the right order
			other := slices.Clone(batches)
			r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
			other[0], other[1] = other[1], other[0]
			b := streamOf(t, other, int64(len(lines)))
			b = append(b[:len(b)-endRecord], whole[len(stream):]...)
			if bytes.Equal(b, whole) {
				b[0] ^= 1
			}
			return b
		},
		"a batch lost": func() []byte { // as an engine that counts other rows than it sends
			other := slices.Delete(slices.Clone(batches), 0, 1+r.IntN(len(batches)))
			return streamOf(t, other, int64(len(lines)))
		},
		"a batch twice": func() []byte {
			return streamOf(t, append(slices.Clone(batches), batches[r.IntN(len(batches))]), int64(len(lines)))
		},
		"more behind it": func() []byte { return append(bytes.Clone(whole), whole[:1+r.IntN(500)]...) },
		"empty":          func() []byte { return [][]byte{nil, streamOf(t, nil, 0)}[r.IntN(2)] },
	}
	s := dealSettings(sample)
	for kind, make := range wrong {
		for range 100 {
			var out bytes.Buffer
			err := deal(t.Context(), s, bytes.NewReader(make()), &out)
			if code := jobs.Code(err); code != jobs.ExitInput || out.Len() > 0 {
				t.Fatalf("%s: exit code %d, %d bytes written, %v", kind, code, out.Len(), err)
			}
		}
	}
	var out bytes.Buffer
	must(t, deal(t.Context(), s, bytes.NewReader(whole), &out))
	if out.Len() == 0 {
		t.Error("the whole stream gives nothing")
	}
}

// Rubbish that its end record proves is an input that cannot be read, however it came about.
func TestDeal_RefusesRubbishUnderAValidEndRecord(t *testing.T) {
	sample, lines := generatedShop(t, 20)
	lines = lines[:100]
	whole := streamOf(t, batchesOf(lines, 50), 100)
	r := rand.New(rand.NewPCG(15, 5))
	s := dealSettings(sample)
	for i := range 60 {
		b := bytes.Clone(whole[:len(whole)-48])
		at := r.IntN(len(b)/8) * 8
		for j := at; j < min(at+256, len(b)); j++ {
			b[j] = byte(r.Uint32())
		}
		var out bytes.Buffer
		err := deal(t.Context(), s, bytes.NewReader(sealed(b, 100)), &out)
		if code := jobs.Code(err); err != nil && (code != jobs.ExitInput || out.Len() > 0 || strings.Contains(err.Error(), "out of range")) {
			t.Errorf("case %d: exit code %d, %v", i, code, err)
		}
	}
}

// dealtRanges deals lines by ranges of customers, as the driver reads them.
func dealtRanges(t *testing.T, r *rand.Rand, sample string, lines []soldLine, ranges int) []byte {
	t.Helper()
	return dealtRangesAsOf(t, r, sample, lines, ranges, 0)
}

// dealtRangesAsOf are those of a night; 0 where the orders say it.
func dealtRangesAsOf(t *testing.T, r *rand.Rand, sample string, lines []soldLine, ranges int, asOf data.Day) []byte {
	t.Helper()
	s := dealSettings(sample)
	s.AsOf = asOf
	lines = slices.Clone(lines)
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	ids := map[string]bool{}
	for _, l := range lines {
		ids[l.CustomerID] = true
	}
	var sorted []string
	for id := range ids {
		sorted = append(sorted, id)
	}
	slices.Sort(sorted)
	parts := make([][]soldLine, ranges)
	for _, l := range lines {
		at, _ := slices.BinarySearch(sorted, l.CustomerID)
		at = at * ranges / len(sorted)
		parts[at] = append(parts[at], l)
	}
	r.Shuffle(ranges, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	var all []byte
	for _, part := range parts {
		var out bytes.Buffer
		must(t, deal(t.Context(), s, bytes.NewReader(streamOf(t, batchesOf(part, 1+r.IntN(9000)), int64(len(part)))), &out))
		all = append(binary.LittleEndian.AppendUint64(all, uint64(out.Len())), out.Bytes()...)
	}
	return binary.LittleEndian.AppendUint64(all, 0)
}

func driverSettings(t *testing.T, sample string, rows int) *DriveSettings {
	s := new(DriveSettings)
	settings.Default(s)
	s.SampleFile, s.Table, s.TableRows, s.Out, s.Workers = sample, "shop.order_lines", int64(rows), t.TempDir(), 2
	return s
}

// contentOf reads all files of the newest run but its manifest.
func contentOf(t *testing.T, out string) map[string]string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Join(out, "current"))
	must(t, err)
	content := map[string]string{}
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "manifest.json" {
			return err
		}
		text, err := os.ReadFile(path)
		content[strings.TrimPrefix(path, dir)] = string(text)
		return err
	}))
	return content
}

// What the driver publishes has the bytes of what Run publishes.
func TestDrive_PublishesWhatRunPublishes(t *testing.T) {
	sample, lines := generatedShop(t, 500)
	s := driverSettings(t, sample, len(lines))
	run := s.RunSettings
	run.Out = t.TempDir()
	must(t, jobs.Run(t.Context(), run, []string{sample}, console.UI{}))
	want := contentOf(t, run.Out)
	dealt := dealtRanges(t, rand.New(rand.NewPCG(3, 4)), sample, lines, 5)
	must(t, drive(t.Context(), s, bytes.NewReader(dealt), console.UI{}))
	wantSameContent(t, contentOf(t, s.Out), want)
	text, err := os.ReadFile(filepath.Join(s.Out, "current", "manifest.json"))
	must(t, err)
	if !strings.Contains(string(text), `"path":"shop.order_lines"`) && !strings.Contains(string(text), `"path": "shop.order_lines"`) {
		t.Error("the manifest does not name the table")
	}
}

// doneElsewhere is the input of a driver that writes packages: dealt ranges, and, once the
// package of a stage is there, what the kernel makes of them, or of those that were dealt
// again, in another order.
func doneElsewhere(t *testing.T, r *rand.Rand, s *DriveSettings, dealt, again []byte) io.Reader {
	s.PackagesDir = t.TempDir()
	in, out := io.Pipe()
	t.Cleanup(func() { in.Close() })
	go func() {
		defer out.Close()
		if _, err := out.Write(dealt); err != nil {
			return
		}
		for _, name := range []string{jobs.StageSurvey, jobs.StageLookBack, jobs.StageScore} {
			path := filepath.Join(s.PackagesDir, name)
			for !isThere(path) {
				time.Sleep(10 * time.Millisecond)
			}
			made := stageRanges(t, path, again)
			r.Shuffle(len(made), func(i, j int) { made[i], made[j] = made[j], made[i] })
			if _, err := out.Write(framed(made)); err != nil {
				return
			}
		}
	}()
	return in
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// stageRanges are what the stage of a package makes of each dealt range.
func stageRanges(t *testing.T, path string, dealt []byte) (made [][]byte) {
	for len(dealt) > 8 {
		size := 8 + binary.LittleEndian.Uint64(dealt)
		made = append(made, stageRange(t, path, dealt[8:size]))
		dealt = dealt[size:]
	}
	return made
}

func stageRange(t *testing.T, path string, dealt []byte) []byte {
	var b bytes.Buffer
	s := new(StageSettings)
	s.PackageFile = path
	if err := stage(t.Context(), s, bytes.NewReader(dealt), &b); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}

// framed are streams as the driver reads them.
func framed(streams [][]byte) (all []byte) {
	for _, s := range streams {
		all = append(binary.LittleEndian.AppendUint64(all, uint64(len(s))), s...)
	}
	return binary.LittleEndian.AppendUint64(all, 0)
}

// What other machines count and score is published with the bytes of what Run publishes.
func TestDrive_PublishesWhatRunPublishesOfStagesDoneElsewhere(t *testing.T) {
	sample, lines := generatedShop(t, 500)
	s := driverSettings(t, sample, len(lines))
	run := s.RunSettings
	run.Out = t.TempDir()
	must(t, jobs.Run(t.Context(), run, []string{sample}, console.UI{}))
	r := rand.New(rand.NewPCG(3, 5))
	dealt := dealtRanges(t, r, sample, lines, 5)
	must(t, drive(t.Context(), s, doneElsewhere(t, r, s, dealt, dealt), console.UI{}))
	wantSameContent(t, contentOf(t, s.Out), contentOf(t, run.Out))
}

// So is a night whose models are kept, and one that has too little history for any.
func TestDrive_PublishesWhatRunPublishesWithKeptModelsAndWithNone(t *testing.T) {
	sample, lines := generatedShop(t, 500)
	byTime := func(a, b soldLine) int { return cmp.Compare(a.OrderedAt, b.OrderedAt) }
	oldest, newest := data.DayOfMicros(slices.MinFunc(lines, byTime).OrderedAt), data.DayOfMicros(slices.MaxFunc(lines, byTime).OrderedAt)
	r := rand.New(rand.NewPCG(3, 6))
	for name, nights := range map[string][]data.Day{"kept": {newest - 6, newest + 1}, "none": {oldest + 150}} {
		plain, s := driverSettings(t, sample, len(lines)), driverSettings(t, sample, len(lines))
		for i, night := range nights {
			plain.AsOf, s.AsOf = night, night
			must(t, jobs.Run(t.Context(), plain.RunSettings, []string{sample}, console.UI{}))
			if i == 0 && len(nights) > 1 {
				must(t, jobs.Run(t.Context(), s.RunSettings, []string{sample}, console.UI{}))
				plain.Refit, s.Refit = settings.RefitNever, settings.RefitNever
			}
		}
		dealt := dealtRangesAsOf(t, r, sample, lines, 3, s.AsOf)
		must(t, drive(t.Context(), s, doneElsewhere(t, r, s, dealt, dealt), console.UI{}))
		got := contentOf(t, s.Out)
		wantSameContent(t, got, contentOf(t, plain.Out))
		if kept := strings.Contains(got["/evaluation.json"], `"reused": true`); kept != (name == "kept") || strings.Contains(got["/model/index.json"], `"boost"`) != kept {
			t.Errorf("%s: the night kept models: %t", name, kept)
		}
	}
}

// Ranges with days that stand for no date in some shops, which an executor lost and another
// one dealt again, their lines in another order, are those that the driver knows.
func TestDrive_PublishesWhatRunPublishesOfRangesDealtAgain(t *testing.T) {
	_, lines := generatedShop(t, 500)
	for i := 0; i+2 < len(lines); i += 40 {
		lines[i].OrderedAt = 0
		lines[i+1] = lines[i+2] // a duplicate
	}
	path := filepath.Join(t.TempDir(), "orders.parquet")
	must(t, parquet.WriteFile(path, lines))
	s := driverSettings(t, path, len(lines))
	run := s.RunSettings
	run.Out = t.TempDir()
	must(t, jobs.Run(t.Context(), run, []string{path}, console.UI{}))
	r := rand.New(rand.NewPCG(3, 7))
	dealt, again := dealtRanges(t, r, path, lines, 4), dealtRanges(t, r, path, lines, 4)
	must(t, drive(t.Context(), s, doneElsewhere(t, r, s, dealt, again), console.UI{}))
	wantSameContent(t, contentOf(t, s.Out), contentOf(t, run.Out))
}

func wantSameContent(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs: %d bytes, want %d", name, len(got[name]), len(want[name]))
		}
	}
	if len(got) != len(want) || len(want) < 10 {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

// The driver publishes nothing of ranges that are not whole.
func TestDrive_RefusesRangesThatAreNotWhole(t *testing.T) {
	sample, lines := generatedShop(t, 100)
	r := rand.New(rand.NewPCG(5, 6))
	dealt := dealtRanges(t, r, sample, lines, 3)
	first := 8 + int(binary.LittleEndian.Uint64(dealt))
	wrong := map[string][]byte{
		"empty":            {},
		"end missing":      dealt[:len(dealt)-8],
		"a range missing":  dealt[first:],
		"more behind it":   append(bytes.Clone(dealt), 1),
		"a huge length":    append([]byte{0, 0, 0, 0, 0, 0, 0, 0x7f}, dealt...),
		"length of 2^64-1": append(bytes.Repeat([]byte{0xff}, 8), dealt...),
		"a range twice":    append(bytes.Clone(dealt[:first]), dealt...),
	}
	for i := range 60 {
		b := bytes.Clone(dealt)
		if i%2 == 0 {
			b = b[:r.IntN(len(b))]
		} else {
			b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
		}
		wrong["cut or damaged "+string(rune('A'+i))] = b
	}
	for name, stream := range wrong {
		s := driverSettings(t, sample, len(lines))
		err := drive(t.Context(), s, bytes.NewReader(stream), console.UI{})
		if code := jobs.Code(err); code != jobs.ExitInput {
			t.Errorf("%s: exit code %d, %v", name, code, err)
		}
		if want := "more than the 68719476736 that a range may have"; strings.Contains(name, "length") && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(s.Out, "current")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a run was published", name)
		}
	}
}

func TestPlan_NamesColumnsAndRefusesWhatGoesWithFiles(t *testing.T) {
	sample, _ := generatedShop(t, 100)
	s := PlanSettings{}
	settings.Default(&s)
	s.SampleFile = sample
	var out bytes.Buffer
	must(t, Plan(t.Context(), s, console.UI{Out: &out}))
	for _, want := range []string{`"customer":"customer_id"`, `"ordered_at"`, `"guest"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s has no %s", out.String(), want)
		}
	}
	for name, change := range map[string]func(*PlanSettings){
		"--store": func(s *PlanSettings) { s.Store = "store" }, "--rates": func(s *PlanSettings) { s.RatesFile = "rates.csv" }, "--pool": func(s *PlanSettings) { s.PoolDir = "pool" },
		"--digests": func(s *PlanSettings) { s.DigestsFile = "sums" }, "--rejects": func(s *PlanSettings) { s.RejectsFile = "rejects.csv" }, "--score": func(s *PlanSettings) { s.ScoreFile = "scores.csv" }, "--customer-ids": func(s *PlanSettings) { s.FoldIDs = true },
	} {
		other := s
		change(&other)
		if err := Plan(t.Context(), other, console.UI{}); jobs.Code(err) != jobs.ExitUsage || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
