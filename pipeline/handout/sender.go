package handout

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/internal/fsys"
)

// The forms of the senders that are known: each names the pages of the sender's
// documentation that it was taken from.
//
//go:embed senders/*.yaml
var senderForms embed.FS

// Sender is the form in which a sending tool takes a list: columns, their headers and
// formats, and the size of a file.
type Sender struct {
	Name         string         `yaml:"-"` // of the files
	Needs        Need           `yaml:"needs"`
	Separator    string         `yaml:"separator"`      // comma, semicolon or tab; "" is comma
	MaxBytes     int64          `yaml:"max-bytes"`      // of a file; 0 for no limit
	MaxRows      int64          `yaml:"max-rows"`       // below the headers; 0 for no limit
	MaxTextBytes int            `yaml:"max-text-bytes"` // of a cell, cut after that; 0 for no limit
	Columns      []SenderColumn `yaml:"columns"`
}

// SenderColumn is a column of a sender's file: a field of the list, or the same text
// in all rows.
type SenderColumn struct {
	Header string `yaml:"header"`
	Field  string `yaml:"field"`
	Text   string `yaml:"text"`
	// Format of a day: YYYY-MM-DD, or another order of YYYY, MM and DD. Of a phone
	// number: e164, digits (e164 without +) or national. Of a consent: the words for
	// yes and no, as yes/no. "" is the first of them.
	Format string `yaml:"format"`
}

// Fields that every list has once it has contact data.
const (
	fieldEmail        = "email"
	fieldPhone        = "phone"
	fieldConsentEmail = "consent_email"
	fieldConsentSMS   = "consent_sms"
	fieldTag          = "tag"  // winback and what list, group and arm it is
	fieldTags         = "tags" // that, and the day until which to wait
	fieldRun          = "run"
)

// SenderNames are the senders whose form is known, in order.
func SenderNames() []string {
	entries, err := senderForms.ReadDir("senders")
	if err != nil {
		panic(err) // they are part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// OpenSender is a sender whose form is known by its name, or a form in a YAML file. The
// error names the file, the place in it, what was found and what is wanted.
func OpenSender(files fsys.FS, name string) (*Sender, error) {
	if slices.Contains(SenderNames(), name) {
		text, err := senderForms.ReadFile(path.Join("senders", name+".yaml"))
		if err != nil {
			return nil, err
		}
		return parseSender(name, name+".yaml", text)
	}
	if !slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(name))) {
		return nil, fmt.Errorf("want %s, or a form in a file that ends in .yaml, found %q", strings.Join(SenderNames(), ", "), name)
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, &data.InputError{Path: name, Err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, &data.InputError{Path: name, Err: err}
	}
	return parseSender(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), name, text)
}

func parseSender(name, file string, text []byte) (*Sender, error) {
	s := &Sender{Name: name}
	if err := data.StrictYAML(file, text, s); err != nil {
		return nil, err
	}
	if s.Needs == "" {
		s.Needs = NeedEither
	}
	if err := s.check(); err != nil {
		return nil, &data.InputError{Path: file, Err: err}
	}
	return s, nil
}

func (s *Sender) check() error {
	switch {
	case !slices.Contains([]Need{NeedEither, NeedEmail, NeedPhone}, s.Needs):
		return fmt.Errorf("needs: want either, email or phone, found %q", s.Needs)
	case !slices.Contains([]string{"", "comma", "semicolon", "tab"}, s.Separator):
		return fmt.Errorf("separator: want comma, semicolon or tab, found %q", s.Separator)
	case s.MaxBytes < 0 || s.MaxRows < 0 || s.MaxTextBytes < 0:
		return errors.New("max-bytes, max-rows and max-text-bytes: want numbers above 0, or none for no limit")
	case len(s.Columns) == 0:
		return errors.New("want at least one column under columns")
	}
	seen := map[string]bool{}
	for i, c := range s.Columns {
		if err := c.check(); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
		if seen[c.Header] {
			return fmt.Errorf("column %d: the header %q is there twice", i+1, c.Header)
		}
		seen[c.Header] = true
	}
	return nil
}

func (c *SenderColumn) check() error {
	kind, known := fieldKinds()[c.Field]
	switch {
	case c.Header == "":
		return errors.New("want a header")
	case (c.Field == "") == (c.Text == ""):
		return fmt.Errorf("%q: want a field or a text", c.Header)
	case c.Field != "" && !known:
		return fmt.Errorf("%q: there is no field %q; the fields are %s", c.Header, c.Field, strings.Join(fieldNames(), ", "))
	case c.Format == "":
		return nil
	}
	ok := false
	switch {
	case c.Field == fieldConsentEmail, c.Field == fieldConsentSMS:
		ok = strings.Count(c.Format, "/") == 1
	case kind == cellDay:
		ok = strings.Count(c.Format, "YYYY") == 1 && strings.Count(c.Format, "MM") == 1 && strings.Count(c.Format, "DD") == 1
	case kind == cellPhone:
		ok = slices.Contains([]string{"e164", "digits", "national"}, c.Format)
	}
	if !ok {
		return fmt.Errorf("%q: the format %q is none of the field %s: days are written as YYYY-MM-DD, phone numbers as e164, digits or national, consent as yes/no; other fields have none", c.Header, c.Format, c.Field)
	}
	return nil
}

// fieldKinds are the fields of all lists.
func fieldKinds() map[string]cellKind {
	kinds := map[string]cellKind{fieldConsentEmail: cellText, fieldConsentSMS: cellText, fieldTag: cellText, fieldTags: cellText, fieldRun: cellText}
	addKinds(kinds, ContactList().reachedColumns())
	addKinds(kinds, AssignmentList().reachedColumns())
	addKinds(kinds, DeadlineList().reachedColumns())
	addKinds(kinds, ReferralList().reachedColumns())
	return kinds
}

func addKinds[R any](kinds map[string]cellKind, columns []exportColumn[R]) {
	for _, c := range columns {
		kinds[c.name] = c.kind
	}
}

func fieldNames() []string {
	var names []string
	for name := range fieldKinds() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
