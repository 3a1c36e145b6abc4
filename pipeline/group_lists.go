package pipeline

import (
	"fmt"
	"io"
	"iter"
	"math"
	"path"

	"winback/data"
)

// Contacts yields the customers to contact of group g (1 first) in rank order.
func (g *Groups) Contacts(group int) iter.Seq[data.ContactRow] {
	return func(yield func(data.ContactRow) bool) {
		g.each(group, false, yield)
	}
}

// Holdout yields the held-out customers of all groups in rank order.
func (g *Groups) Holdout() iter.Seq[data.ContactRow] {
	return func(yield func(data.ContactRow) bool) {
		for group := 1; group <= g.Order.Groups(); group++ {
			if !g.each(group, true, yield) {
				return
			}
		}
	}
}

func (g *Groups) each(group int, heldOut bool, yield func(data.ContactRow) bool) bool {
	for i, row := range g.Order.Group(group) {
		if g.lapsed.heldOut(row) != heldOut {
			continue
		}
		if !yield(g.contact(row, group, i)) {
			return false
		}
	}
	return true
}

// contact is the list row of a customer: place is the number of customers
// before it in its group.
func (g *Groups) contact(row int32, group, place int) data.ContactRow {
	l := g.lapsed
	c := data.ContactRow{
		Rank: int64(g.Order.start[group-1] + place + 1), Group: int32(group), RankInGroup: int64(place + 1),
		CustomerID: l.IDs[row], Probability: l.Probability[row],
		ExpectedSpend:   l.spend(row),
		ExpectedMargin:  ExpectedMargin(l.Probability[row], l.spend(row), g.margin),
		RecencyDays:     int64(l.RecencyDays[row]),
		Orders:          int64(l.Orders[row]),
		Monetary:        l.Monetary[row],
		LastPurchaseDay: l.LastPurchaseDay[row],
		Stage:           l.Stage[row].String(),
	}
	if len(l.PreferredChannel) > 0 && l.PreferredChannel[row] > 0 {
		c.PreferredChannel = l.Channels[l.PreferredChannel[row]-1]
	}
	if c.Reason = l.reason(row); c.Reason == "" {
		c.Reason = Reason(l.facts(row, c.PreferredChannel))
	}
	return c
}

// reason is what the ranker says of a customer; "" where it says nothing.
func (l *Lapsed) reason(row int32) string {
	if len(l.Reasons) == 0 {
		return ""
	}
	return l.Reasons[row]
}

func (l *Lapsed) facts(row int32, channel string) ReasonFacts {
	interval := math.NaN()
	if len(l.IntervalMeanDays) > 0 {
		interval = float64(l.IntervalMeanDays[row])
	}
	return ReasonFacts{
		Orders: int(l.Orders[row]), RecencyDays: int(l.RecencyDays[row]),
		IntervalMeanDays: interval, Monetary: l.Monetary[row], Channel: channel,
	}
}

// Names of the list files within a run.
const (
	ContactsFolder = "contacts"
	HoldoutFile    = "holdout.parquet"
)

// WriteLists writes contacts/group=NN/part-N.parquet, at most
// data.ContactsPerFile rows each, and holdout.parquet. create makes a file at a
// path within the run, with slashes; its Close is called once. Every group has
// at least one file, if without rows.
func (g *Groups) WriteLists(create func(path string) (io.WriteCloser, error)) error {
	for group := 1; group <= g.Order.Groups(); group++ {
		folder := path.Join(ContactsFolder, data.GroupFolder(group))
		if err := writeParts(folder, g.Contacts(group), data.ContactsPerFile, create); err != nil {
			return err
		}
	}
	list := listFile{create: create}
	if err := list.open(HoldoutFile); err != nil {
		return err
	}
	for row := range g.Holdout() {
		if err := list.write(row); err != nil {
			return err
		}
	}
	return list.close()
}

func writeParts(folder string, rows iter.Seq[data.ContactRow], perFile int, create func(string) (io.WriteCloser, error)) error {
	list := listFile{create: create}
	if err := list.open(path.Join(folder, data.PartFile(0))); err != nil {
		return err
	}
	n := 0
	for row := range rows {
		if n > 0 && n%perFile == 0 {
			if err := list.close(); err != nil {
				return err
			}
			if err := list.open(path.Join(folder, data.PartFile(n/perFile))); err != nil {
				return err
			}
		}
		if err := list.write(row); err != nil {
			return err
		}
		n++
	}
	return list.close()
}

// listFile is the file being written. After an error it is closed.
type listFile struct {
	create func(string) (io.WriteCloser, error)
	path   string
	file   io.WriteCloser
	rows   *data.ContactsWriter
	one    [1]data.ContactRow
}

func (f *listFile) open(path string) (err error) {
	f.path = path
	if f.file, err = f.create(path); err != nil {
		return err
	}
	f.rows = data.NewContactsWriter(f.file)
	return nil
}

func (f *listFile) write(row data.ContactRow) error {
	f.one[0] = row
	if err := f.rows.Write(f.one[:]); err != nil {
		f.file.Close()
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return nil
}

func (f *listFile) close() error {
	if err := f.rows.Close(); err != nil {
		f.file.Close()
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	return f.file.Close()
}
