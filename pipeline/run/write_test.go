package run

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"testing"

	"winback/data"
	"winback/data/tables"
)

// memoryFiles keeps what is created.
type memoryFiles map[string]*bytes.Buffer

type memoryFile struct{ *bytes.Buffer }

func (memoryFile) Close() error { return nil }

func (m memoryFiles) create(path string) (io.WriteCloser, error) {
	m[path] = &bytes.Buffer{}
	return memoryFile{m[path]}, nil
}

// contacts are the first n customers of a list.
func contacts(n int) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		for i := range n {
			if !yield(tables.ContactRow{Rank: int64(i + 1), CustomerID: fmt.Sprint("C", i), Monetary: data.Money(i)}, nil) {
				return
			}
		}
	}
}

func TestWriteContacts_AnErrorOfTheRowsEndsTheList(t *testing.T) {
	broken := errors.New("disk is broken")
	rows := func(yield func(tables.ContactRow, error) bool) {
		_ = yield(tables.ContactRow{Rank: 1, CustomerID: "C1"}, nil) && yield(tables.ContactRow{}, broken)
	}
	create := Create(memoryFiles{}.create)
	if err := create.WriteContacts(1, rows, data.MoneyDecimal); !errors.Is(err, broken) {
		t.Errorf("%v, want that the disk is broken", err)
	}
}

func TestWriteParts_CutsLongListsInRankOrder(t *testing.T) {
	for _, test := range []struct {
		customers, perFile int
		want               string
	}{{5, 2, "[2 2 1]"}, {5, 5, "[5]"}, {5, 1, "[1 1 1 1 1]"}, {4, 2, "[2 2]"}, {0, 2, "[0]"}} {
		m := memoryFiles{}
		if err := Create(m.create).writeParts(func(n int) string { return partFile(7, n) }, contacts(test.customers), test.perFile, data.MoneyDecimal); err != nil {
			t.Fatal(err)
		}
		var sizes []int
		rank := int64(0)
		for n := range len(m) {
			file, size := m[fmt.Sprintf("contacts/group-07/part-%d.parquet", n)], 0
			for row, err := range tables.ReadContacts(bytes.NewReader(file.Bytes()), int64(file.Len())) {
				if rank++; err != nil || row.Rank != rank {
					t.Fatalf("rank %d, want %d; %v", row.Rank, rank, err)
				}
				size++
			}
			sizes = append(sizes, size)
		}
		if got := fmt.Sprint(sizes); got != test.want {
			t.Errorf("%d customers, %d a file: %s, want %s", test.customers, test.perFile, got, test.want)
		}
	}
}

func TestGroupFolder_IsNoHivePartition(t *testing.T) {
	got := []string{GroupFolder(1), GroupFolder(10), partFile(2, 0)}
	if want := []string{"contacts/group-01", "contacts/group-10", "contacts/group-02/part-0.parquet"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for path, want := range map[string]int{"contacts/group-01/part-0.parquet": 1, "contacts/group-12/x": 12, "contacts/group-01": 0, "contacts/group-1/x": 0, "contacts/group=01/x": 0, "group-01/x": 0} {
		if group, ok := groupOfFile(path); ok != (want > 0) || ok && group != want {
			t.Errorf("%s is of group %d, %v; want %d", path, group, ok, want)
		}
	}
}

var errNoRoom = errors.New("no room")

// brokenFile fails on write or on close.
type brokenFile struct {
	onClose bool
	closed  *int
}

func (f brokenFile) Write(p []byte) (int, error) {
	if f.onClose {
		return len(p), nil
	}
	return 0, errNoRoom
}

func (f brokenFile) Close() error {
	*f.closed++
	if f.onClose {
		return errNoRoom
	}
	return nil
}

func TestCreate_FailuresAreToldAndFilesAreClosedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		create func(closed *int) Create
		closes int
	}{
		"create": {func(*int) Create { return func(string) (io.WriteCloser, error) { return nil, errNoRoom } }, 0},
		"write":  {func(n *int) Create { return func(string) (io.WriteCloser, error) { return brokenFile{false, n}, nil } }, 1},
		"close":  {func(n *int) Create { return func(string) (io.WriteCloser, error) { return brokenFile{true, n}, nil } }, 1},
	} {
		closed := 0
		create := c.create(&closed)
		for what, write := range map[string]func() error{
			"JSON":     func() error { return create.WriteJSON(EvaluationFile, 1) },
			"groups":   func() error { return create.WriteGroups(nil) },
			"contacts": func() error { return create.WriteContacts(1, contacts(1), data.MoneyDecimal) },
			"holdout":  func() error { return create.WriteHoldout(contacts(1), data.MoneyDecimal) },
		} {
			closed = 0
			if err := write(); !errors.Is(err, errNoRoom) || closed != c.closes {
				t.Errorf("%s, %s: %v, closed %d times", name, what, err, closed)
			}
		}
	}
}
