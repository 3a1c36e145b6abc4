package scale

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"winback/data/orders"
	"winback/data/spill"
	"winback/data/wire"
	"winback/jobs"
	"winback/jobs/console"
	"winback/pipeline/scoring"
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

// What does not belong together, or is not whole, is refused by kernel and driver, and a
// whole one is published after a thousand that were not.
func TestScore_RefusesEveryCutDamagedAndShuffledStream(t *testing.T) {
	sample, lines := generatedShop(t, 300)
	s := driverSettings(t, sample, len(lines))
	r := rand.New(rand.NewPCG(15, 7))
	dealt := dealtRanges(t, r, sample, lines, 3)
	s.NightFile = filepath.Join(t.TempDir(), "night")
	e := jobs.Elsewhere{Table: s.Table, Gather: s.gather(bytes.NewReader(dealt)), Score: func(ctx context.Context, table *orders.Table, night *scoring.Night, disk *spill.File) (func(int) (*scoring.Part, error), error) {
		text, _, err := night.Package(table)
		must(t, err)
		must(t, os.WriteFile(s.NightFile, text, 0o600))
		scored := scoredRanges(t, s.NightFile, dealt)
		refusesSpoiled(t, r, s.NightFile, text, dealt)
		for name, in := range spoiledRanges(t, r, text, scored) {
			k := keptParts{table, night, sumOf(t, text), disk, make([][]spill.Extent, table.Partitions())}
			err := k.takeAll(ctx, &streams{in: bytes.NewReader(in), what: "scored range"})
			if jobs.Code(err) != jobs.ExitInput {
				t.Errorf("%s: %v", name, err)
			}
		}
		return s.score(bytes.NewReader(framed(scored)))(ctx, table, night, disk)
	}}
	must(t, jobs.RunGathered(t.Context(), s.RunSettings, e, console.UI{}))
	plain := s.RunSettings
	plain.Out = t.TempDir()
	must(t, jobs.Run(t.Context(), plain, []string{sample}, console.UI{}))
	wantSameContent(t, contentOf(t, s.Out), contentOf(t, plain.Out))
}

func sumOf(t *testing.T, stream []byte) [32]byte {
	t.Helper()
	whole, err := wire.Whole(stream)
	must(t, err)
	return whole.SHA256()
}

// refusesSpoiled gives the kernel ranges and packages that are not whole.
func refusesSpoiled(t *testing.T, r *rand.Rand, night string, text, dealt []byte) {
	t.Helper()
	first := dealt[8 : 8+binary.LittleEndian.Uint64(dealt)]
	s := new(ScoreSettings)
	other := filepath.Join(t.TempDir(), "other")
	for range 80 {
		for kind, stream := range spoiled(r, first) {
			s.NightFile = night
			var out bytes.Buffer
			if err := score(t.Context(), s, bytes.NewReader(stream), &out); jobs.Code(err) != jobs.ExitInput || out.Len() > 0 {
				t.Fatalf("range %s: %d bytes written, %v", kind, out.Len(), err)
			}
		}
		for kind, stream := range spoiled(r, text) {
			s.NightFile = other
			must(t, os.WriteFile(s.NightFile, stream, 0o600))
			var out bytes.Buffer
			if err := score(t.Context(), s, bytes.NewReader(first), &out); jobs.Code(err) != jobs.ExitInput || out.Len() > 0 {
				t.Fatalf("package %s: %d bytes written, %v", kind, out.Len(), err)
			}
		}
	}
}

// spoiledRanges are inputs of the driver that are not what it asked for.
func spoiledRanges(t *testing.T, r *rand.Rand, text []byte, scored [][]byte) map[string][]byte {
	t.Helper()
	whole := framed(scored)
	stream, err := wire.Whole(scored[0])
	must(t, err)
	parts, err := stream.Parts()
	must(t, err)
	from, _, err := scoring.OriginOf(parts)
	must(t, err)
	with := func(change func(parts [][]byte)) []byte { // under an end record that fits
		other := slices.Clone(parts)
		change(other)
		var b bytes.Buffer
		must(t, wire.WriteParts(&b, other))
		return framed(append(slices.Clone(scored[1:]), b.Bytes()))
	}
	replace := func(old, new [32]byte) func([][]byte) {
		return func(p [][]byte) {
			p[0] = bytes.ReplaceAll(p[0], []byte(hex.EncodeToString(old[:])), []byte(hex.EncodeToString(new[:])))
		}
	}
	wrong := map[string][]byte{
		"a range missing": framed(scored[1:]), "a range twice": framed(append(slices.Clone(scored), scored[0])), "more behind it": append(bytes.Clone(whole), 1), "end missing": whole[:len(whole)-8], "the package": framed([][]byte{text}),
		"of another package": with(replace(from.Night, [32]byte{1})), "of another range": with(replace(from.Range, [32]byte{1})), "of another version": with(func(p [][]byte) { p[0] = bytes.Replace(p[0], []byte(`"format":1`), []byte(`"format":9`), 1) }),
	}
	for i := range 40 {
		for kind, in := range spoiled(r, whole) {
			wrong[fmt.Sprint(kind, " ", i)] = in
		}
	}
	return wrong
}

// What a package or a scored range holds under an end record that fits is an error or
// something that holds together.
func TestScore_RubbishUnderAValidEndRecordIsRefusedOrHoldsTogether(t *testing.T) {
	sample, lines := generatedShop(t, 150)
	s := driverSettings(t, sample, len(lines))
	r := rand.New(rand.NewPCG(15, 8))
	dealt := dealtRanges(t, r, sample, lines, 1)
	s.NightFile = filepath.Join(t.TempDir(), "night")
	refused := 0
	e := jobs.Elsewhere{Table: s.Table, Gather: s.gather(bytes.NewReader(dealt)), Score: func(ctx context.Context, table *orders.Table, night *scoring.Night, disk *spill.File) (func(int) (*scoring.Part, error), error) {
		text, _, err := night.Package(table)
		must(t, err)
		must(t, os.WriteFile(s.NightFile, text, 0o600))
		scored := scoredRanges(t, s.NightFile, dealt)
		for range 400 {
			if _, _, err := scoring.NightOf(rubbish(t, r, text)); err != nil {
				refused++
			}
			parts, err := rubbish(t, r, scored[0]).Parts()
			must(t, err)
			if _, err := night.PartOf(parts, table.Names); err != nil {
				refused++
			}
		}
		return s.score(bytes.NewReader(framed(scored)))(ctx, table, night, disk)
	}}
	must(t, jobs.RunGathered(t.Context(), s.RunSettings, e, console.UI{}))
	if refused < 300 {
		t.Errorf("%d of 800 are refused", refused)
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
