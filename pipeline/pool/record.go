// Package pool finds the customers of several sources who are one person: by exact
// keys that are rare, never against a name that speaks otherwise. What is only likely
// is left to people.
package pool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/data/contactkeys"
	"winback/data/lists"
	"winback/internal/fsys"
)

// Source is a table of customers or of their orders, or a folder of such tables.
type Source struct {
	Name string // of its order files: a folder or file of this name
	Path string
}

// Customer is a customer of a source, with all that its rows tell. Lists are in byte
// order, without repeats.
type Customer struct {
	Source    int
	ID        string
	Emails    []string // mailboxes, as contactkeys.EmailKey writes them
	Phones    []string // E.164
	Names     []string // as contactkeys.NameKey writes them
	Addresses []string // as contactkeys.AddressKey writes them
	Written   []string // each of the names as people read it
}

// personColumns are the columns that tell who a customer is, and what they are called.
// Where there is no id, an e-mail address or else a phone number is it.
var personColumns = lists.Columns{
	Names: []string{"customer_id", "email", "phone", "first_name", "last_name", "name", "address", "zip", "city"},
	Called: map[string][]string{
		"customer_id": {"customerid", "customer", "custid", "clientid", "buyerid", "shopperid", "memberid", "userid", "customerno", "customernumber", "customernr", "customercode", "accountid", "contactid",
			"kundenid", "kundennr", "kundennummer"},
		"email":      {"email", "emailaddress", "customeremail", "billingemail", "buyeremail", "contactemail", "payeremail", "mail"},
		"phone":      {"phone", "phonenumber", "customerphone", "billingphone", "buyerphone", "mobile", "mobilephone", "mobilenumber", "telephone", "tel", "telefon", "msisdn", "payerphone"},
		"first_name": {"firstname", "givenname", "billingfirstname", "vorname"},
		"last_name":  {"lastname", "surname", "familyname", "billinglastname", "nachname"},
		"name":       {"customername", "fullname", "billingname", "shippingname", "buyername", "payername", "contactname", "name"},
		"address":    {"address", "billingaddress", "billingaddress1", "shippingaddress", "shippingaddress1", "address1", "addressline1", "street", "streetaddress", "strasse"},
		"zip":        {"zip", "zipcode", "postcode", "postalcode", "billingzip", "shippingzip", "plz"},
		"city":       {"city", "town", "billingcity", "shippingcity", "ort", "stadt"},
	},
}

// mostValues is how many different addresses, numbers or names one customer has; an id
// with more stands for several people and is joined with nobody.
const mostValues = 8

// reader collects the customers of the sources. It holds memory by customers, not by
// rows.
type reader struct {
	files   fsys.FS
	country string
	at      map[string]int // of a customer, by source and id
	all     []Customer
	rows    []int64 // by source
	unread  int64   // phone numbers that are none
}

// read reads one source.
func (r *reader) read(ctx context.Context, number int, s Source) error {
	paths, err := tablesOf(r.files, s.Path)
	if err != nil {
		return err
	}
	before := len(r.all)
	for _, path := range paths {
		named := personColumns
		key := ""
		named.Found = func(headings map[string]string) { key = idColumn(headings) }
		err := lists.Read(ctx, r.files, path, named, func(row lists.Row) error {
			if key == "" {
				return errors.New("there is no customer id, e-mail address or phone number among the columns: nobody can be told from another")
			}
			r.rows[number]++
			r.add(number, key, row)
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(r.all) == before {
		return &data.InputError{Path: s.Path, Err: errors.New("there is no customer in it")}
	}
	return nil
}

// idColumn is the column that the customers of a table are told by.
func idColumn(headings map[string]string) string {
	for _, name := range []string{"customer_id", "email", "phone"} {
		if headings[name] != "" {
			return name
		}
	}
	return ""
}

// tablesOf are the CSV and Parquet files of a path, in order of their names.
func tablesOf(files fsys.FS, path string) ([]string, error) {
	info, err := files.Stat(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: withoutPath(err)}
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := files.ReadDir(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: withoutPath(err)}
	}
	var paths []string
	for _, e := range entries {
		name := strings.TrimSuffix(strings.ToLower(e.Name()), ".gz")
		if !e.IsDir() && !strings.HasPrefix(name, ".") && (strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".parquet")) {
			paths = append(paths, filepath.Join(path, e.Name()))
		}
	}
	if len(paths) == 0 {
		return nil, &data.InputError{Path: path, Err: errors.New("there is no CSV or Parquet file in the folder")}
	}
	return paths, nil
}

func withoutPath(err error) error {
	var named *fs.PathError
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}

// CustomerKey is an id as it is compared: as orders are read, an e-mail address in lower
// case.
func CustomerKey(id string) string {
	if address, ok := contactkeys.Email(id); ok {
		return address
	}
	return string(columns.CleanID([]byte(id)))
}

func sourceKey(source int, id string) string { return fmt.Sprintf("%d\x00%s", source, id) }

// add takes up a row. Rows without an id say nothing.
func (r *reader) add(source int, idColumn string, row lists.Row) {
	id := CustomerKey(row.Cells[idColumn])
	if id == "" {
		return
	}
	at, known := r.at[sourceKey(source, id)]
	if !known {
		at = len(r.all)
		r.at[sourceKey(source, id)] = at
		r.all = append(r.all, Customer{Source: source, ID: id})
	}
	c := &r.all[at]
	c.Emails = with(c.Emails, contactkeys.EmailKey(row.Cells["email"]))
	if phone, ok := contactkeys.Phone(row.Cells["phone"], r.country); ok {
		c.Phones = with(c.Phones, contactkeys.PhoneKey(phone))
	} else if row.Cells["phone"] != "" {
		r.unread++
	}
	name := row.Cells["name"]
	if row.Cells["first_name"]+row.Cells["last_name"] != "" {
		name = row.Cells["first_name"] + " " + row.Cells["last_name"]
	}
	c.call(name)
	place := row.Cells["zip"]
	if place == "" {
		place = row.Cells["city"]
	}
	if street := row.Cells["address"]; street != "" {
		c.Addresses = with(c.Addresses, contactkeys.AddressKey(street+" "+place))
	}
}

// with adds a value to a list in order; "" is none, and no more than mostValues and one
// are kept.
func with(list []string, value string) []string {
	at, found := slices.BinarySearch(list, value)
	if value == "" || found || len(list) > mostValues {
		return list
	}
	return slices.Insert(list, at, strings.Clone(value))
}

// call notes a name, and of those that are one the first in byte order as it is written.
func (c *Customer) call(name string) {
	key, written := contactkeys.NameKey(name), strings.Join(strings.Fields(name), " ")
	before := len(c.Names)
	c.Names = with(c.Names, key)
	switch at, found := slices.BinarySearch(c.Names, key); {
	case len(c.Names) > before:
		c.Written = slices.Insert(c.Written, at, written)
	case found && written < c.Written[at]:
		c.Written[at] = written
	}
}

// isCrowd says whether the id stands for several people.
func (c *Customer) isCrowd() bool {
	return max(len(c.Emails), len(c.Phones), len(c.Names)) > mostValues
}
