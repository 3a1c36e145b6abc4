package scale

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/data/orders"
	"winback/data/spill"
	"winback/data/wire"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/lookback"
	"winback/pipeline/offers"
	"winback/pipeline/run"
	"winback/pipeline/survey"
)

// spoiled are ways in which a stream is not whole.
func spoiled(r *rand.Rand, whole []byte) map[string][]byte {
	cut := r.IntN(len(whole) - 100)
	damaged := bytes.Clone(whole)
	damaged[r.IntN(len(damaged))] ^= byte(1 + r.IntN(255))
	shuffled := bytes.Clone(whole)
	at, to := r.IntN(len(whole)/2-8), len(whole)/2+r.IntN(len(whole)/2-8)
	for i := range 8 {
		shuffled[at+i], shuffled[to+i] = shuffled[to+i], shuffled[at+i]
	}
	if bytes.Equal(shuffled, whole) {
		shuffled[at] ^= 1
	}
	return map[string][]byte{"empty": nil, "cut": whole[:cut], "cut in front": whole[cut+1:], "cut within": slices.Delete(bytes.Clone(whole), cut, cut+1+r.IntN(99)),
		"damaged": damaged, "shuffled": shuffled, "more behind it": append(bytes.Clone(whole), whole[:1+cut]...)}
}

// spoiling is a way of having stages done that gives each kind of spoiled input to kernel
// and driver before it gives what is whole.
func spoiling(t *testing.T, s *DriveSettings, dealt []byte, spoil func(k func() *keptParts, text []byte, made [][]byte)) jobs.Stage {
	s.PackagesDir = t.TempDir()
	return func(ctx context.Context, table *orders.Table, name string, write func(run.Create) error, disk *spill.File) (func(int) ([][]byte, error), error) {
		text, sum, err := packed(table, name, write)
		must(t, err)
		path := filepath.Join(s.PackagesDir, name)
		must(t, os.WriteFile(path, text, 0o600))
		made := stageRanges(t, path, dealt)
		spoil(func() *keptParts {
			return &keptParts{table: table, name: name, sum: sum, disk: disk, at: make([][]spill.Extent, table.Partitions()), late: make([]orders.Late, table.Partitions())}
		}, text, made)
		in := framed(made)
		if name != jobs.StageScore {
			in = append(in, "of the next stage"...)
		}
		return s.stages(bytes.NewReader(in))(ctx, table, name, write, disk)
	}
}

// What does not belong together, or is not whole, is refused by kernel and driver, and a
// whole one is published after a thousand that were not.
func TestStage_RefusesEveryCutDamagedAndShuffledStream(t *testing.T) {
	sample, lines := generatedShop(t, 300)
	s := driverSettings(t, sample, len(lines))
	r := rand.New(rand.NewPCG(15, 7))
	dealt := dealtRanges(t, r, sample, lines, 3)
	e := jobs.Elsewhere{Table: s.Table, Gather: s.gather(bytes.NewReader(dealt)), Stage: spoiling(t, s, dealt, func(k func() *keptParts, text []byte, made [][]byte) {
		refusesSpoiled(t, r, filepath.Join(s.PackagesDir, k().name), text, dealt)
		for name, in := range spoiledRanges(t, r, k().name, text, made) {
			if err := k().takeAll(t.Context(), &streams{in: bytes.NewReader(in), what: "range"}); jobs.Code(err) != jobs.ExitInput {
				t.Errorf("%s: %v", name, err)
			}
		}
	})}
	must(t, jobs.RunGathered(t.Context(), s.RunSettings, e, console.UI{}))
	plain := s.RunSettings
	plain.Out = t.TempDir()
	must(t, jobs.Run(t.Context(), plain, []string{sample}, console.UI{}))
	wantSameContent(t, contentOf(t, s.Out), contentOf(t, plain.Out))
}

// refusesSpoiled gives the kernel ranges and packages that are not whole.
func refusesSpoiled(t *testing.T, r *rand.Rand, whole string, text, dealt []byte) {
	t.Helper()
	first := dealt[8 : 8+binary.LittleEndian.Uint64(dealt)]
	s := new(StageSettings)
	other := filepath.Join(t.TempDir(), "other")
	for range 80 {
		for kind, stream := range spoiled(r, first) {
			s.PackageFile = whole
			var out bytes.Buffer
			if err := stage(t.Context(), s, bytes.NewReader(stream), &out); jobs.Code(err) != jobs.ExitInput || out.Len() > 0 {
				t.Fatalf("range %s: %d bytes written, %v", kind, out.Len(), err)
			}
		}
		for kind, stream := range spoiled(r, text) {
			s.PackageFile = other
			must(t, os.WriteFile(other, stream, 0o600))
			var out bytes.Buffer
			if err := stage(t.Context(), s, bytes.NewReader(first), &out); jobs.Code(err) != jobs.ExitInput || out.Len() > 0 {
				t.Fatalf("package %s: %d bytes written, %v", kind, out.Len(), err)
			}
		}
	}
}

// spoiledRanges are inputs of the driver that are not what it asked for.
func spoiledRanges(t *testing.T, r *rand.Rand, name string, text []byte, made [][]byte) map[string][]byte {
	t.Helper()
	whole := framed(made)
	stream, err := wire.Whole(made[0])
	must(t, err)
	parts, err := stream.Parts()
	must(t, err)
	with := func(change func(head *origin)) []byte { // under an end record that fits
		var head origin
		must(t, json.Unmarshal(parts[0], &head))
		change(&head)
		other, err := json.Marshal(head)
		must(t, err)
		var b bytes.Buffer
		must(t, wire.WriteParts(&b, append([][]byte{other}, parts[1:]...)))
		return framed(append(slices.Clone(made[1:]), b.Bytes()))
	}
	wrong := map[string][]byte{
		"a range missing": framed(made[1:]), "a range twice": framed(append(slices.Clone(made), made[0])), "end missing": whole[:len(whole)-8], "the package": framed([][]byte{text}),
		"of another package": with(func(o *origin) { o.Package = digest{1} }), "of another range": with(func(o *origin) { o.Range = digest{1} }), "of another version": with(func(o *origin) { o.Format = 9 }), "of another stage": with(func(o *origin) { o.Stage = "other" }),
	}
	if name == jobs.StageScore {
		wrong["more behind it"] = append(bytes.Clone(whole), 1)
	}
	for i := range 40 {
		for kind, in := range spoiled(r, whole) {
			if kind != "more behind it" || name == jobs.StageScore {
				wrong[fmt.Sprint(kind, " ", i)] = in
			}
		}
	}
	return wrong
}

// What a package or what a stage has made holds under an end record that fits is an error
// or something that holds together.
func TestStage_RubbishUnderAValidEndRecordIsRefusedOrHoldsTogether(t *testing.T) {
	sample, lines := generatedShop(t, 150)
	s := driverSettings(t, sample, len(lines))
	r := rand.New(rand.NewPCG(15, 8))
	dealt := dealtRanges(t, r, sample, lines, 1)
	refused := map[string]int{}
	e := jobs.Elsewhere{Table: s.Table, Gather: s.gather(bytes.NewReader(dealt)), Stage: spoiling(t, s, dealt, func(k func() *keptParts, text []byte, made [][]byte) {
		whole, err := wire.Whole(text)
		must(t, err)
		p, err := packageOf(whole)
		must(t, err)
		for range 400 {
			if _, err := packageOf(rubbish(t, r, text)); err != nil {
				refused[p.name]++
			}
			parts, err := rubbish(t, r, made[0]).Parts()
			must(t, err)
			switch s := p.stage.(type) {
			case *scoringStage:
				_, err = s.night.PartOf(parts[1:], k().table.Names)
			case lookBackStage:
				err = lookingBack(t, whole, k().table).AddParts(0, parts[1:])
			default:
				err = survey.NewCounter(survey.FrameOf(k().table), k().table.Names).AddCounted(parts[1:])
			}
			if err != nil {
				refused[p.name]++
			}
		}
	})}
	must(t, jobs.RunGathered(t.Context(), s.RunSettings, e, console.UI{}))
	if refused[jobs.StageScore] < 300 || refused[jobs.StageSurvey] < 100 || refused[jobs.StageLookBack] < 300 {
		t.Errorf("%v of 800 are refused", refused)
	}
}

// lookingBack is the walk that a driver adds to, of the package of the look back.
func lookingBack(t *testing.T, of *wire.Stream, table *orders.Table) *lookback.Walk {
	t.Helper()
	_, read, err := of.Package()
	must(t, err)
	text, err := read("lookback.json")
	must(t, err)
	var f lookback.Frame
	must(t, json.Unmarshal(text, &f))
	s := lookback.Settings{Diagnosis: diagnose.Defaults(), Offers: offers.Settings{LapsedAfter: f.LapsedAfter, SoldWithin: f.SoldWithin}, Happened: func(iter.Seq2[string, []campaign.Happening]) {}}
	s.Diagnosis.AsOf, s.Diagnosis.HorizonDays, s.Diagnosis.FillUpDays = f.AsOf, f.Horizon, f.FillUpDays
	w, err := lookback.New(f, table.Names, table.Partitions(), s)
	must(t, err)
	return w
}

// Histories on days that the package does not know are refused.
func TestStage_RefusesHistoriesThatDoNotFitThePackage(t *testing.T) {
	sample, lines := generatedShop(t, 100)
	s := driverSettings(t, sample, len(lines))
	dealt := dealtRanges(t, rand.New(rand.NewPCG(15, 11)), sample, lines, 1)
	first := dealt[8 : 8+binary.LittleEndian.Uint64(dealt)]
	tried := false
	e := jobs.Elsewhere{Table: s.Table, Gather: s.gather(bytes.NewReader(dealt)), Stage: spoiling(t, s, dealt, func(k func() *keptParts, text []byte, _ [][]byte) {
		if k().name != jobs.StageLookBack {
			return
		}
		whole, err := wire.Whole(text)
		must(t, err)
		parts, err := whole.Parts()
		must(t, err)
		at := slices.IndexFunc(parts, func(p []byte) bool { return bytes.Contains(p, []byte(`"fill_up_days"`)) })
		var f lookback.Frame
		must(t, json.Unmarshal(parts[at], &f))
		f.FirstDay, f.Days = f.AsOf-30, 30
		parts[at], err = json.Marshal(f)
		must(t, err)
		var b, out bytes.Buffer
		must(t, wire.WriteParts(&b, parts))
		other := filepath.Join(t.TempDir(), "other")
		must(t, os.WriteFile(other, b.Bytes(), 0o600))
		err = stage(t.Context(), &StageSettings{settings.Packaged{PackageFile: other}}, bytes.NewReader(first), &out)
		if jobs.Code(err) != jobs.ExitInput || out.Len() > 0 || !strings.Contains(err.Error(), "histories that do not fit the package") {
			t.Errorf("%d bytes written, %v", out.Len(), err)
		}
		tried = true
	})}
	must(t, jobs.RunGathered(t.Context(), s.RunSettings, e, console.UI{}))
	if !tried {
		t.Error("the stage was not asked for")
	}
}

// rubbish is a stream of byte strings some bytes of which are others.
func rubbish(t *testing.T, r *rand.Rand, stream []byte) *wire.Stream {
	t.Helper()
	whole, err := wire.Whole(bytes.Clone(stream))
	must(t, err)
	parts, err := whole.Parts()
	must(t, err)
	part := &parts[r.IntN(len(parts))]
	*part = bytes.Clone(*part)
	for range 1 + r.IntN(20) {
		if at := r.IntN(len(*part) + 1); at < len(*part) {
			(*part)[at] = byte(r.Uint32())
		}
	}
	if r.IntN(4) == 0 {
		*part = (*part)[:r.IntN(len(*part)+1)]
	}
	var b bytes.Buffer
	must(t, wire.WriteParts(&b, parts))
	whole, err = wire.Whole(b.Bytes())
	must(t, err)
	return whole
}
