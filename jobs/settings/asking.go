package settings

import (
	"strconv"
	"strings"

	"winback/data"
	"winback/data/contactkeys"
	"winback/pipeline/handout"
)

// File is the one file that a command writes.
type File struct {
	Output string // "" is standard output
}

func (g *File) rows() []Setting {
	return []Setting{
		{Name: "output", Letter: "o", section: asking, Holder: "FILE", Help: "file to write; its ending says the format; - is standard output", unset: "standard output", flagOnly: true, value: one(&g.Output, parseOutput, showText)},
	}
}

// parseOutput reads the name of a file to write, or - for standard output.
func parseOutput(text string) (string, error) {
	if text == "-" {
		return "", nil
	}
	return parseFileInStore(text)
}

// NeededFile is the file without which a command does nothing.
type NeededFile struct{ File }

func (g *NeededFile) rows() []Setting {
	rows := g.File.rows()
	rows[0].Example, rows[0].Help, rows[0].value = "features.parquet", "file to write; its ending says the format", fileInStore(&g.Output)
	return rows
}

// Invented is the size of a synthetic shop.
type Invented struct {
	Customers int
	Files     int
	Whale     int // orders of one customer; 0 for none
}

func (g *Invented) rows() []Setting {
	return []Setting{
		{Name: "customers", section: asking, Holder: "N", Help: "customers of the synthetic shop", Preset: "10000",
			kind: wholeValue, flagOnly: true, value: one(&g.Customers, within[int]("a whole number", 1, 100_000_000), show)},
		{Name: "files", section: asking, Holder: "N", Help: "files of the synthetic shop, in order of time", Preset: "8",
			kind: wholeValue, flagOnly: true, value: one(&g.Files, within[int]("a whole number", 1, 10_000), show)},
		{Name: "whale", section: asking, Holder: "N", Help: "orders that one customer of the synthetic shop makes alone, taken from the others", unset: "none",
			kind: wholeValue, flagOnly: true, value: one(&g.Whale, within[int]("a whole number", 1, 100_000_000), show)},
	}
}

// ContactList is a list that pull hands out.
type ContactList string

// The lists of a run.
const (
	ListContacts ContactList = "contacts"
	ListHoldout  ContactList = "holdout"
	// ListDeadlines are one-time buyers who leave a stage soon.
	ListDeadlines ContactList = "deadlines"
	// ListReferrals are customers who may be asked to recommend the shop.
	ListReferrals ContactList = "referrals"
)

// Handout is which customers of a run are handed out.
type Handout struct {
	Groups  Groups
	Top     int64  // most customers, by rank; 0 for all
	Channel string // preferred channel of the customers; "" for all
	List    ContactList
	Format  handout.Format // "": by the name of the file, else csv
	Due     Due
}

// Due says of which days the list is.
type Due struct {
	From  data.Day // who was due before it is left out; 0: nobody is
	Until data.Day // who waits until a later day is left out; 0: nobody is
}

// Today stands for the day on which a command is given, that of the machine.
const Today data.Day = -1

// On is Due with the day on which the command is given for Today.
func (d Due) On(today data.Day) Due {
	if d.From == Today {
		d.From = today
	}
	if d.Until == Today {
		d.Until = today
	}
	return d
}

// Groups are the groups of a run that are handed out; the zero value stands for
// what the plan recommends.
type Groups struct {
	All   bool
	Named []int // ascending; nil where none is named
}

func (g *Handout) rows() []Setting {
	return []Setting{
		{Name: "groups", section: asking, Holder: "1-3,5|all", Help: "groups to take", unset: "what the plan recommends",
			kind: listValue, flagOnly: true, value: many(&g.Groups, parseGroups, showGroups)},
		{Name: "top", section: asking, Holder: "N", Help: "most customers to take, by rank", unset: "all",
			kind: wholeValue, flagOnly: true, value: one(&g.Top, within[int64]("a whole number", 1, 1e12), show)},
		{Name: "channel", section: asking, Holder: "NAME", Help: "take customers who prefer this channel", unset: "all", flagOnly: true, value: text(&g.Channel)},
		{Name: "list", section: asking, Holder: "contacts|holdout|deadlines|referrals", Help: "list to take from", Preset: "contacts", flagOnly: true,
			value: one(&g.List, oneOf("contacts, holdout, deadlines or referrals", ListContacts, ListHoldout, ListDeadlines, ListReferrals), showText)},
		{Name: "due", section: asking, Holder: "DAY|FROM..TO", Help: "who is due by a day, also those of earlier days, or from one day to another (column wait_until); a day is such as 2026-06-30, or today", unset: "nobody is left out", flagOnly: true,
			value: one(&g.Due, parseDue, showDue)},
		{Name: "format", section: asking, Holder: "csv|xlsx|parquet|json", Help: "form of the list", unset: "by the ending of the file, else csv", flagOnly: true,
			value: one(&g.Format, oneOf("csv, xlsx, parquet or json", append(handout.ExportFormats(), handout.LightGBM)...), showText)}, // the last one is of winback model
	}
}

// parseDue reads a day, or two as FROM..TO.
func parseDue(text string) (due Due, err error) {
	from, until, isRange := strings.Cut(text, "..")
	if !isRange {
		due.Until, err = parseDueDay(text)
		return due, err
	}
	if due.From, err = parseDueDay(from); err != nil {
		return Due{}, err
	}
	if due.Until, err = parseDueDay(until); err != nil {
		return Due{}, err
	}
	if due.From > due.Until && due.Until != Today {
		return Due{}, wantFound("FROM..TO, the earlier day first", text)
	}
	return due, nil
}

func parseDueDay(text string) (data.Day, error) {
	if text == "today" {
		return Today, nil
	}
	return parseAsOf(text)
}

func showDue(due Due) []string {
	switch {
	case due == Due{}:
		return nil
	case due.From == 0:
		return []string{dueDay(due.Until)}
	}
	return []string{dueDay(due.From) + ".." + dueDay(due.Until)}
}

func dueDay(day data.Day) string {
	if day == Today {
		return "today"
	}
	return day.String()
}

// ContactData is where contact data come from, and for which sender a list is made.
type ContactData struct {
	Joined
	For string // a sender, or a file with the form of one; "" for none
}

// Joined is where the contact data are.
type Joined struct {
	JoinFile string // CSV or Parquet of e-mail addresses, phone numbers, names and consent; "" for none
}

func (g *Joined) rows() []Setting {
	return []Setting{
		{Name: "join", section: asking, Holder: "FILE", Help: "contact data to join: customer_id, email, phone, first_name, last_name, consent (CSV or Parquet)", unset: "none", flagOnly: true, value: onDisk(&g.JoinFile)},
	}
}

func (g *ContactData) rows() []Setting {
	return append(g.Joined.rows(), []Setting{
		{Name: "for", section: asking, Holder: strings.Join(handout.SenderNames(), "|") + "|FILE", Help: "files in the form of a sending tool, into the folder of --output; FILE: a form in YAML", unset: "none", flagOnly: true, value: text(&g.For)},
	}...)
}

// Dialling is where phone numbers without a country code are dialled.
type Dialling struct{ Country string } // ISO 3166-1 alpha-2; "" for none

func (g *Dialling) rows() []Setting {
	return []Setting{{Name: "country", section: contacting, Holder: "CODE", Help: "country of phone numbers without a country code, such as DE", unset: "none: only numbers with a + are read", apart: true,
		value: one(&g.Country, parseCountry, showText)}}
}

// Pooling is how customers of several sources are joined.
type Pooling struct {
	Decisions string // pairs that people decided; "" for none
	Rare      int    // customers who may share a key for it to join them
	PlainIDs  bool
}

func (g *Pooling) rows() []Setting {
	return []Setting{
		{Name: "decisions", section: asking, Holder: "FILE", Help: "likely pairs that people decided: the table likely.csv with yes or no in its column same", unset: "none", flagOnly: true, value: onDisk(&g.Decisions)},
		{Name: "rare", section: asking, Holder: "N", Help: "customers who may share an e-mail address or number for it to join them", Preset: "5", kind: wholeValue, flagOnly: true,
			value: one(&g.Rare, within[int]("a whole number", 2, 1000), show)},
		{Name: "plain-ids", section: asking, Help: "name people as source:id instead of by a keyed hash", Preset: "false", kind: boolValue, flagOnly: true,
			value: one(&g.PlainIDs, parseBool, func(v bool) []string { return []string{strconv.FormatBool(v)} })},
	}
}

// Past is how many past days are judged.
type Past struct {
	Cuts int // 0: what the data allow, up to a few
}

func (g *Past) rows() []Setting {
	return []Setting{
		{Name: "cuts", section: asking, Holder: "N", Help: "past days to judge, 30 days apart, at most 60", unset: "6, or what the history allows",
			kind: wholeValue, flagOnly: true, value: one(&g.Cuts, within[int]("a whole number", 1, 60), show)},
	}
}

// parseCountry reads a code such as DE.
func parseCountry(text string) (string, error) {
	code := strings.ToUpper(strings.TrimSpace(text))
	if !contactkeys.IsCountry(code) {
		return "", wantFound("a country code of two letters such as DE", text)
	}
	return code, nil
}
