package run_test

import (
	"fmt"
	"iter"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

// A night publishes a small run, a reader takes its recall list.
func ExampleOpen() {
	files := fsystest.NewMem() // fsys.OS() on disk
	if err := publishSmall(files); err != nil {
		fmt.Println(err)
		return
	}
	r, err := run.Open(files, "out", "", run.ContactsFolder, run.HoldoutFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("run", r.Manifest.RunID, "as of", r.AsOf)
	for row, err := range r.ContactLists([]int{1}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(row.Rank, row.CustomerID, row.Probability, row.Monetary)
	}
	// Output:
	// run 2007-11-15-1 as of 2007-11-15
	// 1 C17 0.12 99.90
	// 3 C4 0.05 20.00
}

// listOf yields the rows of a list, without an error.
func listOf(rows ...tables.ContactRow) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func publishSmall(files fsys.FS) error {
	draft, err := run.Begin(files, "out", "2007-11-15", run.Options{Keep: 30})
	if err != nil {
		return err
	}
	defer draft.Abort()
	create := run.Create(draft.Create)
	contacts := []tables.ContactRow{
		{Rank: 1, Group: 1, RankInGroup: 1, CustomerID: "C17", Probability: 0.12, Monetary: 999_000},
		{Rank: 3, Group: 1, RankInGroup: 3, CustomerID: "C4", Probability: 0.05, Monetary: 200_000},
	}
	if err := create.WriteContacts(1, listOf(contacts...), data.MoneyDecimal); err != nil {
		return err
	}
	held := []tables.ContactRow{{Rank: 2, Group: 1, RankInGroup: 2, CustomerID: "C8", Probability: 0.07}}
	if err := create.WriteHoldout(listOf(held...), data.MoneyDecimal); err != nil {
		return err
	}
	_, err = draft.Publish(run.Manifest{})
	return err
}
