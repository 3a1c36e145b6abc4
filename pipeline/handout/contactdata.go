package handout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"winback/data"
	"winback/data/contactkeys"
	"winback/data/lists"
	"winback/internal/fsys"
)

// contactColumns are the columns of a file of contact data, and what they are called
// elsewhere.
var contactColumns = lists.Columns{
	Names:  []string{"customer_id", "email", "phone", "first_name", "last_name", "name", "consent", "consent_email", "consent_sms", "updated_at"},
	Needed: 1,
	Called: map[string][]string{
		"customer_id": {"customerid", "customer", "custid", "customerno", "customernumber", "customernr", "customercode", "clientid", "contactid", "memberid", "userid", "buyerid", "accountid", "externalid", "kundenid",
			"kundennr", "kundennummer", "id"},
		"email":      {"email", "emailaddress", "customeremail", "mail"},
		"phone":      {"phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "cellphone", "telephone", "tel", "telefon", "handy", "msisdn"},
		"first_name": {"firstname", "givenname", "vorname", "prenom"},
		"last_name":  {"lastname", "surname", "familyname", "nachname"},
		"name":       {"name", "fullname", "customername"},
		"consent":    {"consent", "optin", "acceptsmarketing", "marketingconsent", "marketing"},
		"consent_email": {"consentemail", "emailconsent", "acceptsemailmarketing", "emailoptin", "emailmarketingconsent",
			"emailsubscribe"},
		"consent_sms": {"consentsms", "smsconsent", "acceptssmsmarketing", "smsoptin", "smsmarketingconsent", "consentphone", "phoneconsent"},
		"updated_at":  {"updatedat", "lastupdated", "modifiedat", "lastmodified", "changedat"},
	},
}

// person is how a customer can be reached, from the row that counts, and whether
// every row of the customer agrees to it.
type person struct {
	email, phone, firstName, lastName string
	byEmail, bySMS                    bool  // consent
	updated                           int64 // microseconds; 0 where the row does not say it
	filled                            int   // cells of the row with something in them
	oddEmail, oddPhone                bool  // there is something that can be none
	rows                              int
	optedOut                          bool // an address of any row is on the opt-out list
}

// Join says whose contact data are wanted.
type Join struct {
	Path     string
	Country  string                                   // of phone numbers without a country code, ISO 3166-1 alpha-2; "" for none
	Listed   func(give func(customerID string)) error // gives the customers of the list
	Blocked  func(customerID string) bool             // held out or opted out: nobody is reached under an address of theirs
	Renamed  func(customerID string) string           // gives ids of the file the names that the list knows; nil: they are the same
	OptedOut iter.Seq[string]                         // entries of the opt-out list, e-mail addresses and phone numbers among them; nil for none
}

// ContactData are the contact data of the customers of a list. They hold memory for
// these, whatever the size of the file, and for a hash of each address of those who
// are blocked.
type ContactData struct {
	people  map[string]*person // by folded customer id
	blocked map[uint64]bool    // hashes of addresses
	refused *refusals

	Rows       int64    // of the file
	Columns    []string // "email=E-Mail": which columns were taken for what
	SeveralOf  int64    // customers of the list with several rows
	OddConsent int64    // rows of the list whose consent is in words that mean neither yes nor no
}

// ReadContactData reads who of a list can be reached how, from a CSV file, plain or
// gzip, or Parquet. Customer ids are compared as data.FoldID writes them. Of several
// rows of a customer the newest by updated_at counts, then the one with most cells
// filled, then the first in byte order; a refusal in any of them is a refusal. Errors
// never quote contact data.
func ReadContactData(ctx context.Context, files fsys.FS, j Join) (*ContactData, error) {
	d := &ContactData{people: map[string]*person{}, blocked: map[uint64]bool{}, refused: newRefusals(j.OptedOut, j.Country)}
	if err := j.Listed(func(id string) { d.people[data.FoldID(id)] = nil }); err != nil {
		return nil, err
	}
	columns, headings := contactColumns, map[string]string{}
	columns.Found = func(found map[string]string) { headings = found }
	agreed := false
	err := lists.Read(ctx, files, j.Path, columns, func(r lists.Row) error {
		if !agreed {
			if headings["consent"]+headings["consent_email"]+headings["consent_sms"] == "" {
				return errors.New("column \"consent\" is missing, or consent_email and consent_sms: nobody is handed out who has not agreed to it")
			}
			agreed = true
		}
		return d.add(r, &j)
	})
	if err == nil && d.Rows == 0 {
		err = &data.InputError{Path: j.Path, Err: errors.New("there is no contact in the file")}
	}
	for _, name := range columns.Names {
		if headings[name] != "" {
			d.Columns = append(d.Columns, name+"="+headings[name])
		}
	}
	return d, err
}

func (d *ContactData) add(r lists.Row, j *Join) error {
	d.Rows++
	raw := r.Cells["customer_id"]
	if j.Renamed != nil && raw != "" {
		raw = j.Renamed(raw)
	}
	id := data.FoldID(raw)
	known, listed := d.people[id]
	blocked := id != "" && j.Blocked(raw)
	if id == "" || !listed && !blocked {
		d.refused.look(r)
		return nil
	}
	p, odd, err := readPerson(r, j.Country)
	if err != nil {
		return err
	}
	p.optedOut = d.refused.refuse(p.email, p.phone)
	if blocked || p.optedOut {
		for _, address := range []string{p.email, p.phone} {
			if address != "" {
				d.blocked[hashOf(address)] = true
			}
		}
	}
	if blocked {
		return nil
	}
	if odd {
		d.OddConsent++
	}
	switch {
	case known == nil:
		d.people[id] = &p
		return nil
	case known.rows == 1:
		d.SeveralOf++
	}
	byEmail, bySMS, optedOut, rows := known.byEmail && p.byEmail, known.bySMS && p.bySMS, known.optedOut || p.optedOut, known.rows+1
	if before(&p, known) {
		*known = p
	}
	known.byEmail, known.bySMS, known.optedOut, known.rows = byEmail, bySMS, optedOut, rows
	return nil
}

// HasAddress says whether an entry of the opt-out list is an address of somebody in the
// file, on the list or not.
func (d *ContactData) HasAddress(entry string) bool { return d.refused.has(entry) }

// before says whether a row of a customer counts before another.
func before(a, b *person) bool {
	return cmp.Or(cmp.Compare(b.updated, a.updated), cmp.Compare(b.filled, a.filled), strings.Compare(a.email, b.email), strings.Compare(a.phone, b.phone),
		strings.Compare(a.lastName, b.lastName), strings.Compare(a.firstName, b.firstName)) < 0
}

func readPerson(r lists.Row, country string) (p person, odd bool, err error) {
	p.rows = 1
	for _, cell := range r.Cells {
		if cell != "" {
			p.filled++
		}
	}
	if r.Cells["updated_at"] != "" {
		if p.updated, err = r.Moment("updated_at"); err != nil {
			return p, false, fmt.Errorf("row %d: column \"updated_at\": want a day or time such as 2026-06-30", r.Number)
		}
	}
	ok := true
	if p.email, ok = contactkeys.Email(r.Cells["email"]); !ok {
		p.oddEmail = r.Cells["email"] != ""
	}
	if p.phone, ok = contactkeys.Phone(r.Cells["phone"], country); !ok {
		p.oddPhone = r.Cells["phone"] != ""
	}
	p.firstName, p.lastName = names(r.Cells["first_name"], r.Cells["last_name"], r.Cells["name"])
	p.byEmail, p.bySMS, odd = consent(r.Cells["consent"], r.Cells["consent_email"], r.Cells["consent_sms"])
	return p, odd, nil
}

// names takes a whole name apart where there are no parts: before a comma stands the
// last name, else the last word is it.
func names(first, last, whole string) (string, string) {
	if first != "" || last != "" {
		return first, last
	}
	if before, after, found := strings.Cut(whole, ","); found {
		return strings.TrimSpace(after), strings.TrimSpace(before)
	}
	if at := strings.LastIndexByte(whole, ' '); at > 0 {
		return strings.TrimSpace(whole[:at]), whole[at+1:]
	}
	return "", whole
}
