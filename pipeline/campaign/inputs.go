package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/data/lists"
	"winback/data/tables"
	"winback/internal/fsys"
)

// ReadAssignmentList reads a wave that was drawn elsewhere: customer_id, group, arm
// and, where the file has it, probability. The rows come back by customer id, the
// arms by name in their shares of the contacts. An id that stands twice is an error.
func ReadAssignmentList(ctx context.Context, files fsys.FS, path string) ([]tables.AssignmentRow, []Arm, error) {
	var rows []tables.AssignmentRow
	columns := lists.Columns{Names: []string{"customer_id", "group", "arm", "probability"}, Needed: 3}
	err := lists.Read(ctx, files, path, columns, func(r lists.Row) error {
		row, err := assignment(r)
		rows = append(rows, row)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(rows, func(a, b tables.AssignmentRow) int { return strings.Compare(a.CustomerID, b.CustomerID) })
	for i := 1; i < len(rows); i++ {
		if rows[i].CustomerID == rows[i-1].CustomerID {
			return nil, nil, &data.InputError{Path: path, Err: errors.New("a customer_id stands in it twice; want each customer once")}
		}
	}
	arms, err := armsOf(rows)
	if err != nil {
		return nil, nil, &data.InputError{Path: path, Err: err}
	}
	return rows, arms, nil
}

func assignment(r lists.Row) (row tables.AssignmentRow, err error) {
	group, err := strconv.Atoi(r.Cells["group"])
	switch {
	case r.Cells["customer_id"] == "":
		return row, r.Wrong("customer_id", "an id")
	case columns.IsShortenedID(r.Cells["customer_id"]):
		return row, r.Wrong("customer_id", "an id written out, not in scientific notation")
	case err != nil || group < 1 || group > math.MaxInt32:
		return row, r.Wrong("group", "a whole number from 1")
	case CheckName(r.Cells["arm"]) != nil || r.Cells["arm"] == AllArms:
		return row, r.Wrong("arm", "holdout or the name of an arm")
	}
	p, err := r.Number64("probability")
	if err == nil && !math.IsNaN(p) && !(p >= 0 && p <= 1) {
		err = r.Wrong("probability", "a number from 0 to 1")
	}
	return tables.AssignmentRow{CustomerID: r.Cells["customer_id"], Group: int32(group), Arm: r.Cells["arm"], Probability: p, ExpectedSpend: math.NaN()}, err
}

// armsOf are the arms of rows, by name.
func armsOf(rows []tables.AssignmentRow) (arms []Arm, err error) {
	counts, all := map[string]int{}, 0
	for i := range rows {
		if rows[i].Arm != tables.HoldoutArm {
			counts[rows[i].Arm]++
			all++
		}
	}
	for name, n := range counts {
		arms = append(arms, Arm{Name: name, Share: float64(n) / float64(all)})
	}
	if len(arms) == 0 {
		return nil, errors.New("nobody in it is to be contacted: every arm is holdout")
	}
	slices.SortFunc(arms, func(a, b Arm) int { return strings.Compare(a.Name, b.Name) })
	return arms, nil
}

// statuses are those of a contact log, and whether the customer opted out by it.
var statuses = map[string]bool{"sent": false, "delivered": false, "bounced": false, "opened": false, "clicked": false, "opted_out": true, "complained": true}

// OptsOut says whether a status of a contact log is a wish not to be contacted.
func OptsOut(status string) bool { return statuses[status] }

// Log is what contact logs tell.
type Log struct {
	Rows     []tables.LoggedContact // by customer and time, equal ones once
	SetAside map[string]int64       // rows of other statuses, by status
	Unread   []string               // columns of the files that say nothing, in order
}

// LogColumns are the columns of a contact log, without regard to case; the first two must
// be there.
var LogColumns = []string{"customer_id", "sent_at", "campaign", "channel", "status", "arm", "cost"}

// ReadLog reads contact logs: customer_id, sent_at and, where they have them,
// campaign, channel, status, arm, cost. Equal rows count once, within a file and
// between files.
func ReadLog(ctx context.Context, files fsys.FS, paths []string) (*Log, error) {
	log := &Log{SetAside: map[string]int64{}}
	columns := lists.Columns{Names: LogColumns, Needed: 2, Called: map[string][]string{}, Unread: func(headings []string) { log.Unread = append(log.Unread, headings...) }}
	for _, name := range LogColumns {
		columns.Called[name] = []string{data.PlainName(name)}
	}
	for _, path := range paths {
		if err := lists.Read(ctx, files, path, columns, log.add); err != nil {
			return nil, err
		}
	}
	slices.Sort(log.Unread)
	log.Unread = slices.Compact(log.Unread)
	slices.SortFunc(log.Rows, compareContacts)
	log.Rows = slices.CompactFunc(log.Rows, func(a, b tables.LoggedContact) bool { return compareContacts(a, b) == 0 })
	return log, nil
}

func (l *Log) add(r lists.Row) error {
	status := strings.ToLower(strings.ReplaceAll(r.Cells["status"], " ", "_"))
	if status == "" {
		status = "sent"
	}
	if _, known := statuses[status]; !known {
		l.SetAside[status]++
		return nil
	}
	if r.Cells["customer_id"] == "" {
		return r.Wrong("customer_id", "an id")
	}
	at, err := r.Moment("sent_at")
	if err != nil {
		return err
	}
	cost, err := r.Number64("cost")
	if err == nil && cost < 0 {
		err = r.Wrong("cost", "an amount of at least 0")
	}
	if err != nil {
		return err
	}
	l.Rows = append(l.Rows, tables.LoggedContact{CustomerID: r.Cells["customer_id"], SentAt: at, Campaign: r.Cells["campaign"], Channel: r.Cells["channel"], Status: status, Arm: r.Cells["arm"], Cost: cost})
	return nil
}

func compareContacts(a, b tables.LoggedContact) int {
	return cmp.Or(strings.Compare(a.CustomerID, b.CustomerID), cmp.Compare(a.SentAt, b.SentAt), strings.Compare(a.Campaign, b.Campaign),
		strings.Compare(a.Channel, b.Channel), strings.Compare(a.Status, b.Status), strings.Compare(a.Arm, b.Arm), cmp.Compare(a.Cost, b.Cost))
}

// Days are the first and the last day of the log.
func (l *Log) Days() (first, last data.Day) {
	for i, r := range l.Rows {
		day := data.DayOfMicros(r.SentAt)
		if i == 0 {
			first, last = day, day
		}
		first, last = min(first, day), max(last, day)
	}
	return first, last
}

// Responses are answers of customers, from elsewhere than orders.
type Responses struct {
	ByCustomer map[string][]Happening // in order of time
	Amounts    bool                   // the file says what was spent
	Newest     data.Day
}

// ReadResponses reads customer_id, responded_at and, where the file has it, amount;
// an amount below 0 is goods sent back.
func ReadResponses(ctx context.Context, files fsys.FS, path string) (*Responses, error) {
	found := &Responses{ByCustomer: map[string][]Happening{}}
	columns := lists.Columns{Names: []string{"customer_id", "responded_at", "amount"}, Needed: 2}
	err := lists.Read(ctx, files, path, columns, func(r lists.Row) error {
		at, err := r.Moment("responded_at")
		if err != nil {
			return err
		}
		amount, err := r.Number64("amount")
		if err != nil {
			return err
		}
		found.Newest = max(found.Newest, data.DayOfMicros(at))
		h := Happening{At: at, Returned: amount < 0}
		if !math.IsNaN(amount) {
			found.Amounts = true
			h.Amount = data.Money(math.Round(math.Abs(amount) * data.MoneyScale))
		}
		id := r.Cells["customer_id"]
		found.ByCustomer[id] = append(found.ByCustomer[id], h)
		return nil
	})
	for _, list := range found.ByCustomer {
		slices.SortFunc(list, func(a, b Happening) int {
			return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Amount, b.Amount))
		})
	}
	if err == nil && len(found.ByCustomer) == 0 {
		err = &data.InputError{Path: path, Err: fmt.Errorf("no responses in it")}
	}
	return found, err
}

// ReadRedemptions reads offers that were paid, by customer: customer_id,
// redeemed_at, amount.
func ReadRedemptions(ctx context.Context, files fsys.FS, path string) (map[string][]Happening, error) {
	found := map[string][]Happening{}
	columns := lists.Columns{Names: []string{"customer_id", "redeemed_at", "amount"}, Needed: 3}
	err := lists.Read(ctx, files, path, columns, func(r lists.Row) error {
		at, err := r.Moment("redeemed_at")
		if err != nil {
			return err
		}
		amount, err := r.Number64("amount")
		if err == nil && !(amount >= 0) {
			err = r.Wrong("amount", "an amount of at least 0")
		}
		if err != nil {
			return err
		}
		id := r.Cells["customer_id"]
		found[id] = append(found[id], Happening{At: at, Amount: data.Money(math.Round(amount * data.MoneyScale))})
		return nil
	})
	return found, err
}
