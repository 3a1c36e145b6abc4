package handout

import (
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/contactkeys"
	"winback/data/tables"
)

// Need says which address a customer must have to be on a list.
type Need string

// The needs.
const (
	NeedEither Need = "either"
	NeedEmail  Need = "email"
	NeedPhone  Need = "phone"
)

// List is a kind of list: what its rows say.
type List[R any] struct {
	columns []exportColumn[R]
	id      func(*R) string
	group   func(*R) int // 0 where the list knows no groups
	arm     func(*R) string
}

// ContactList is the list of a run.
func ContactList() List[tables.ContactRow] {
	return List[tables.ContactRow]{exportColumns(), func(r *tables.ContactRow) string { return r.CustomerID }, func(r *tables.ContactRow) int { return int(r.Group) }, func(*tables.ContactRow) string { return "" }}
}

// AssignmentList is the list of a campaign.
func AssignmentList() List[tables.AssignmentRow] {
	return List[tables.AssignmentRow]{assignmentColumns(), func(r *tables.AssignmentRow) string { return r.CustomerID }, func(r *tables.AssignmentRow) int { return int(r.Group) }, func(r *tables.AssignmentRow) string { return r.Arm }}
}

// DeadlineList are one-time buyers who leave a stage soon.
func DeadlineList() List[tables.Deadline] {
	return List[tables.Deadline]{deadlineColumns(), func(r *tables.Deadline) string { return r.CustomerID }, noGroup[tables.Deadline], func(*tables.Deadline) string { return "" }}
}

// ReferralList are customers who may be asked to recommend the shop.
func ReferralList() List[tables.Referral] {
	return List[tables.Referral]{referralColumns(), func(r *tables.Referral) string { return r.CustomerID }, noGroup[tables.Referral], func(*tables.Referral) string { return "" }}
}

// Reached is a customer of a list with the addresses under which it may be contacted.
type Reached[R any] struct {
	row                               R
	email, phone, firstName, lastName string
}

// IDs gives the customers of rows.
func (l List[R]) IDs(rows iter.Seq2[R, error]) func(give func(customerID string)) error {
	return func(give func(string)) error {
		for row, err := range rows {
			if err != nil {
				return err
			}
			give(l.id(&row))
		}
		return nil
	}
}

// Tally counts what became of the customers of a list.
type Tally struct {
	Matched        int64 // are in the contact data
	Unmatched      int64 // are not
	OptedOut       int64 // of the matched: their e-mail address or phone number is on the opt-out list
	WithoutConsent int64 // of the matched: agreed to nothing that the list needs
	WithoutAddress int64 // of the matched: agreed, and have no readable address
	Shared         int64 // of the matched: their address is that of a customer before them on the list, or of one who is held out or opted out
	Unreadable     int64 // of the matched: agreed, and what stands there for an address or number is none
	Reached        int64 // are on the list that is handed out
}

// Reach yields the customers who can be reached, in their order, at most top of them;
// 0 is all. Everyone has an address that the need asks for, has agreed to its use, and
// shares it with nobody before; t counts them until the rows end.
func (l List[R]) Reach(rows iter.Seq2[R, error], d *ContactData, need Need, top int64, t *Tally) iter.Seq2[Reached[R], error] {
	return func(yield func(Reached[R], error) bool) {
		*t = Tally{}
		used := map[uint64]bool{}
		for row, err := range rows {
			if err != nil {
				yield(Reached[R]{}, err)
				return
			}
			p := d.people[data.FoldID(l.id(&row))]
			if p == nil {
				t.Unmatched++
				continue
			}
			t.Matched++
			if p.optedOut {
				t.OptedOut++
				continue
			}
			reached := Reached[R]{row: row, firstName: p.firstName, lastName: p.lastName}
			if reached.email, reached.phone = d.open(p, need, used, t); reached.email+reached.phone == "" {
				continue
			}
			t.Reached++
			if !yield(reached, nil) || t.Reached == top {
				return
			}
		}
	}
}

// open gives the addresses that may be used, and uses them up; none where those are
// missing that the need asks for, and counts why.
func (d *ContactData) open(p *person, need Need, used map[uint64]bool, t *Tally) (email, phone string) {
	wantsEmail, wantsPhone := need != NeedPhone, need != NeedEmail
	agreed := wantsEmail && p.byEmail || wantsPhone && p.bySMS
	there := wantsEmail && p.byEmail && p.email != "" || wantsPhone && p.bySMS && p.phone != ""
	if wantsEmail && p.byEmail && p.oddEmail || wantsPhone && p.bySMS && p.oddPhone {
		t.Unreadable++
	}
	switch {
	case !agreed:
		t.WithoutConsent++
		return "", ""
	case !there:
		t.WithoutAddress++
		return "", ""
	}
	if p.byEmail && d.free(p.email, used) {
		email = p.email
	}
	if p.bySMS && d.free(p.phone, used) {
		phone = p.phone
	}
	if !(wantsEmail && email != "" || wantsPhone && phone != "") {
		t.Shared++
		return "", ""
	}
	for _, address := range []string{email, phone} {
		used[hashOf(address)] = true
	}
	return email, phone
}

// hashOf is the same for all spellings of an address.
func hashOf(address string) uint64 { return xxhash.Sum64String(contactkeys.PhoneKey(address)) }

func (d *ContactData) free(address string, used map[uint64]bool) bool {
	hash := hashOf(address)
	return address != "" && !used[hash] && !d.blocked[hash]
}

// read are the columns that someone who calls a customer reads, and prints.
var read = []string{"rank", "group", "arm", "reason", "show_1", "show_2", "show_3"}

// reachedColumns are the columns of a list with contact data: these first, then those
// that are read, then the others.
func (l List[R]) reachedColumns() []exportColumn[Reached[R]] {
	columns := []exportColumn[Reached[R]]{
		{"email", cellText, 30, "E-mail address; empty without consent to e-mail.", func(r *Reached[R]) exportCell { return textCell(r.email) }},
		{"phone", cellPhone, 17, "Phone number in E.164; empty without consent to it.", func(r *Reached[R]) exportCell {
			return exportCell{kind: cellPhone, text: r.phone, empty: r.phone == ""}
		}},
		{"first_name", cellText, 14, "First name.", func(r *Reached[R]) exportCell { return textCell(r.firstName) }},
		{"last_name", cellText, 16, "Last name.", func(r *Reached[R]) exportCell { return textCell(r.lastName) }},
	}
	others := slices.Clone(l.columns)
	slices.SortStableFunc(others, func(a, b exportColumn[R]) int { return place(a.name) - place(b.name) })
	for _, c := range others {
		columns = append(columns, exportColumn[Reached[R]]{c.name, c.kind, c.width, c.explain, func(r *Reached[R]) exportCell { return c.cell(&r.row) }})
	}
	return columns
}

// place is where a column stands among those that are read; behind them for others.
func place(name string) int {
	if i := slices.Index(read, name); i >= 0 {
		return i
	}
	return len(read)
}

// ErrNoContactsInParquet says that lists with contact data are made for people.
var ErrNoContactsInParquet = errors.New("a list with contact data is CSV, XLSX or JSON; a Parquet list is joined by customer_id")

// Export writes a list with contact data in a format and returns how many rows there
// were. The same rows and about give the same bytes.
func (l List[R]) Export(w io.Writer, format Format, rows iter.Seq2[Reached[R], error], about About) (int64, error) {
	return export(w, format, l.reachedColumns(), func(r *Reached[R]) int { return l.group(&r.row) }, rows, about, func(io.Writer, iter.Seq2[Reached[R], error]) (int64, error) {
		return 0, ErrNoContactsInParquet
	})
}

// Together puts the customers of a group and arm beside each other, in their order.
func (l List[R]) Together(rows iter.Seq2[Reached[R], error]) iter.Seq2[Reached[R], error] {
	return func(yield func(Reached[R], error) bool) {
		var all []Reached[R]
		for row, err := range rows {
			if err != nil {
				yield(row, err)
				return
			}
			all = append(all, row)
		}
		slices.SortStableFunc(all, func(a, b Reached[R]) int {
			if by := l.group(&a.row) - l.group(&b.row); by != 0 {
				return by
			}
			return strings.Compare(l.arm(&a.row), l.arm(&b.row))
		})
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
}
