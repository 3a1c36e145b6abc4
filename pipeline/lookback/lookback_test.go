package lookback

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
	"winback/pipeline/campaign"
	"winback/pipeline/diagnose"
	"winback/pipeline/hours"
	"winback/pipeline/offers"
	"winback/pipeline/sendtime"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// happened are what the watched did, by id.
type happened struct {
	mu  sync.Mutex
	all map[string][]campaign.Happening
}

func (s *happened) see(seen iter.Seq2[string, []campaign.Happening]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, list := range seen {
		s.all[id] = slices.Clone(list)
	}
}

// asked is a shop, and what a night asks of it.
type asked struct {
	table    *orders.Table
	frame    Frame
	settings Settings
	files    map[string][]byte // of the package
}

func askedOfShop(t *testing.T) *asked {
	shop := ordertest.ChannelShop(3, 900, 800)
	o := shop.Read(t, orders.Options{})
	a := &asked{table: o, files: map[string][]byte{}}
	a.frame = Frame{FirstDay: o.FirstDay, Days: int(o.LastDay-o.FirstDay) + 1, Rows: o.RowsRead, Customers: 850, Histories: 900, AsOf: o.FirstDay + 790, Horizon: 60, LapsedAfter: 60, FillUpDays: 183, SoldWithin: 28, Quiet: hours.Quiet{From: 21, To: 8}}
	s := &a.settings
	s.Diagnosis = diagnose.Defaults()
	s.Diagnosis.AsOf, s.Diagnosis.HorizonDays, s.Diagnosis.LapsedAfter, s.Diagnosis.Workers = a.frame.AsOf, 60, 60, 2
	s.Offers = offers.Settings{LapsedAfter: 60, SoldWithin: 28, Kinds: offers.AllKinds}
	s.Send = sendtime.Settings{LapsedAfter: 60, Horizon: 60, Window: 240, Wait: sendtime.WaitNone}
	s.Answered = map[string]*hours.Counts{"c00003": {9: 1, 17: 4}, "c00700": {18: 9}, "nobody": {}}
	for i := range 900 {
		if i%7 == 0 {
			s.Watched = append(s.Watched, fmt.Sprintf("c%05d", i))
		}
	}
	must(t, a.frame.Write(func(path string) (io.WriteCloser, error) { return file{new(bytes.Buffer), a, path}, nil }, a.settings))
	return a
}

// file is one of the package.
type file struct {
	*bytes.Buffer
	of   *asked
	path string
}

func (f file) Close() error {
	f.of.files[f.path] = f.Bytes()
	return nil
}

func (a *asked) read(path string) ([]byte, error) {
	if text, ok := a.files[path]; ok {
		return text, nil
	}
	return nil, fs.ErrNotExist
}

// walk begins a walk here.
func (a *asked) walk(t *testing.T) (*Walk, *happened) {
	seen := &happened{all: map[string][]campaign.Happening{}}
	s := a.settings
	s.Happened = seen.see
	w, err := New(a.frame, a.table.Names, partitions, s)
	must(t, err)
	return w, seen
}

// partitions of a shop, which are of very different sizes; the last has nobody.
const partitions = 5

// each calls f with each partition.
func (a *asked) each(t *testing.T, f func(part int, h *orders.Histories) error) {
	_, err := a.table.Each(t.Context(), 1, func(_ int, h *orders.Histories) error {
		n := h.Customers()
		for part, to := range []int{n / 9, n / 2, n/2 + 1, n, n} {
			from := []int{0, n / 9, n / 2, n/2 + 1, n}[part]
			some := *h
			some.IDs, some.Start = h.IDs[from:to], h.Start[from:to+1]
			if err := f(part, &some); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
}

// elsewhere is what is found of each partition elsewhere.
func (a *asked) elsewhere(t *testing.T) (all [][][]byte) {
	a.each(t, func(_ int, h *orders.Histories) error {
		r, err := RangeOf(a.read, a.table.Names)
		must(t, err)
		r.Add(h)
		parts, err := r.Parts()
		must(t, err)
		all = append(all, parts)
		return nil
	})
	return all
}

// found is all that a walk tells.
func (a *asked) found(t *testing.T, w *Walk) map[string]any {
	rates := w.Returns.Rates()
	f := map[string]any{"returns": rates, "return times": w.Times.Natural([]data.Day{a.frame.AsOf - 60, a.frame.AsOf - 90}), "shop": w.Shop.Sample(), "hours": w.Hours,
		"offers": w.Offers.Tonight.Learn(2), "tested": w.Offers.Tested.Learn(2), "sending": sendtime.NewTonight(w.Send[0]).Shop(), "sending tested": sendtime.NewTonight(w.Send[1]).Shop()}
	w.Offers.Study.Learn(2, rates.At)
	people := w.Diagnosis.Learn(nil)
	a.each(t, func(part int, h *orders.Histories) error {
		w.Offers.Study.Gather(h)
		return people.Add(part, h)
	})
	var err error
	f["study"], err = w.Offers.Study.Choose(2)
	must(t, err)
	d, err := people.Diagnosis(nil)
	must(t, err)
	text, err := json.Marshal(d)
	must(t, err)
	f["diagnosis"] = string(text)
	return f
}

// What is found of partitions elsewhere adds up to what one walk here finds.
func TestWalk_IsTheSameWhereverPartitionsAreWalkedOver(t *testing.T) {
	a := askedOfShop(t)
	here, seenHere := a.walk(t)
	a.each(t, func(part int, h *orders.Histories) error { here.Add(part, h); return nil })
	there, seenThere := a.walk(t)
	all := a.elsewhere(t)
	for _, part := range rand.New(rand.NewPCG(15, 9)).Perm(len(all)) {
		must(t, there.AddParts(part, all[part]))
	}
	want, got := a.found(t, here), a.found(t, there)
	for _, what := range slices.Sorted(maps.Keys(want)) {
		if what != "hours" && !reflect.DeepEqual(got[what], want[what]) {
			t.Errorf("%s: %.600v\nwant %.600v", what, got[what], want[what])
		}
	}
	for part := range all {
		if !bytes.Equal(there.Hours.Part(part), here.Hours.Part(part)) {
			t.Errorf("hours of partition %d differ", part)
		}
	}
	if len(seenHere.all) < 50 || !reflect.DeepEqual(seenThere.all, seenHere.all) {
		t.Errorf("%d of the watched were seen elsewhere, here %d", len(seenThere.all), len(seenHere.all))
	}
	if e := want["offers"].(*offers.Goods).Events; e < 50 {
		t.Errorf("the shop has %d returns, too few to prove anything", e)
	}
}

// What is cut, has other bytes or fits another question is refused or holds together: the
// walk can go on, and nothing panics.
func TestAddParts_RefusesOrHoldsTogether(t *testing.T) {
	a := askedOfShop(t)
	r := rand.New(rand.NewPCG(15, 10))
	parts := a.elsewhere(t)[1]
	refused := 0
	for range 1500 {
		w, _ := a.walk(t)
		other := slices.Clone(parts)
		p := &other[r.IntN(len(other))]
		*p = bytes.Clone(*p)
		cut := r.IntN(3) == 0 && len(*p) > 0
		if cut {
			*p = (*p)[:r.IntN(len(*p))]
		}
		for range 1 + r.IntN(9) {
			if len(*p) > 0 && !cut {
				(*p)[r.IntN(len(*p))] = byte(r.Uint32())
			}
		}
		err := w.AddParts(0, other)
		if err != nil {
			refused++
			if strings.Contains(err.Error(), "runtime error") {
				t.Fatal(err)
			}
		}
		if cut && err == nil {
			t.Fatal("a part that was cut is taken")
		}
	}
	if refused < 700 {
		t.Errorf("%d of 1500 are refused", refused)
	}
	for _, few := range [][][]byte{nil, parts[:3], append(slices.Clone(parts), nil)} {
		if w, _ := a.walk(t); w.AddParts(0, few) == nil {
			t.Errorf("%d parts are taken", len(few))
		}
	}
}

// A package that does not hold together is refused.
func TestRangeOf_RefusesWhatDoesNotHoldTogether(t *testing.T) {
	a := askedOfShop(t)
	whole := maps.Clone(a.files)
	for name, frame := range map[string]string{
		"no JSON": "{", "before the first day": `{"first_day":20000,"as_of":19000,"horizon_days":60,"lapsed_after_days":60}`, "no horizon": `{"lapsed_after_days":60}`,
		"many days": `{"days":99999999,"horizon_days":60,"lapsed_after_days":60}`, "far off": `{"first_day":2000000000,"as_of":2000000000,"horizon_days":60,"lapsed_after_days":60}`,
		"fewer than none": `{"horizon_days":60,"lapsed_after_days":60,"rows":-1}`, "sold": `{"horizon_days":60,"lapsed_after_days":60,"sold_within_days":-5}`,
	} {
		a.files[frameFile] = []byte(frame)
		if _, err := RangeOf(a.read, a.table.Names); err == nil || !strings.Contains(err.Error(), frameFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{frameFile, answersFile, watchedFile} {
		a.files = maps.Clone(whole)
		delete(a.files, name)
		if _, err := RangeOf(a.read, a.table.Names); err == nil {
			t.Errorf("without %s: no error", name)
		}
		a.files[name] = whole[name][:len(whole[name])-2]
		if _, err := RangeOf(a.read, a.table.Names); err == nil {
			t.Errorf("%s is cut: no error", name)
		}
	}
}
