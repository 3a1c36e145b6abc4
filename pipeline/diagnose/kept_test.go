package diagnose

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"winback/data/spill"
	"winback/internal/fsys/fsystest"
)

func TestDiagnosis_IsTheSameWhateverTheMemory(t *testing.T) {
	lines, asOf := randomShop(3, 1500)
	s := settingsAt(asOf)
	parts, names := testShop(lines, 7)
	order := []int{0, 1, 2, 3, 4, 5, 6}
	want := diagnosed(t, s, parts, names, firstDay(lines), order).text(t)
	for _, memory := range []int64{0, 300 * customerBytes, 900 * customerBytes, 1 << 30} {
		s.Disk, s.MemoryBytes = spill.New(fsystest.NewMem(), "/out", "lists"), memory
		if got := diagnosed(t, s, parts, names, firstDay(lines), order).text(t); got != want {
			t.Errorf("in %d bytes: tells something else", memory)
		}
	}
}

// A disk that fails is an error of the second walk or of the diagnosis, wherever it shows.
func TestDiagnosis_FailingDiskIsReported(t *testing.T) {
	lines, asOf := randomShop(3, 600)
	parts, names := testShop(lines, 3)
	use := func(fault fsystest.Fault) (*fsystest.Faulty, error) {
		files, s := fsystest.NewFaulty(fsystest.NewMem(), fault), settingsAt(asOf)
		s.Disk = spill.New(files, "/out", "lists")
		c, err := NewCollector(s, History{FirstDay: firstDay(lines), Customers: 600, Lines: 600, Parts: 3, Names: names})
		if err != nil {
			t.Fatal(err)
		}
		for p, h := range parts {
			c.Add(p, h)
		}
		people := c.Learn(nil)
		for p, h := range parts {
			if err := people.Add(p, h); err != nil {
				return files, err
			}
		}
		_, err = people.Diagnosis(nil)
		return files, err
	}
	counting, err := use(fsystest.Fault{})
	if err != nil {
		t.Fatal(err)
	}
	faults := 0
	for at, op := range counting.Ops() {
		_, err := use(fsystest.Fault{At: at + 1, Err: syscall.EIO})
		var failed *spill.Error
		if op.Name == "remove" {
			continue
		}
		if faults++; !errors.As(err, &failed) || !strings.Contains(err.Error(), "/out") {
			t.Errorf("fault at %v: %v", op, err)
		}
	}
	if faults < 10 {
		t.Errorf("only %d faults were met", faults)
	}
}
