// Package jobs holds what runs: the nightly batch and the commands around it,
// with their settings, clock, lock and exit codes.
package jobs

import (
	"fmt"
	"time"
	_ "time/tzdata" // machines without a zone database read --timezone too

	"winback/data"
	"winback/pipeline"
)

// Settings are all settings of all commands. Which of them a command takes,
// how they are written and what they are where nobody sets them stands in one
// table, settingsTable.
type Settings struct {
	// What is read.
	Map             data.Mapping         // roles whose column is named; others are found by common names
	Returns         data.ReturnRules     // what marks a return besides a negative quantity or amount
	Duplicates      data.DuplicatePolicy // what happens to equal lines
	ExcludeProducts data.ProductFilter   // products left out
	Timezone        *time.Location       // clock of zoned timestamps; never nil
	DateFormat      string               // for data.ParseDateOrder: the order of text dates that do not say it, or what whole numbers count
	Decimal         data.DecimalSign     // of numbers in texts that do not say it
	DigestsFile     string               // SHA-256 of the inputs; "" for none
	RejectsFile     string               // gets the rows that were set aside; "" for none
	MaxAgeDays      int                  // input older than this fails the gate; 0 for no limit
	Accept          bool                 // go on although the data fails the quality gate

	// Which day, and who has lapsed.
	AsOf            data.Day // 0: the day after the newest purchase day
	LapsedAfterDays int      // 0: found from the shop's own intervals
	HorizonDays     int      // within which a purchase counts as a return
	StageEdges      pipeline.StageEdges

	Diagnose DiagnoseSettings

	// What is learned.
	TrainingRows int // most rows to train on
	MaxGroups    int
	Seed         uint64

	// Who is contacted.
	Campaign      string       // the same name draws the same holdout; never empty
	Holdout       float64      // share of customers left alone, within [0, 1)
	HoldoutKey    string       // secret of the holdout's draw; never empty
	SuppressFile  string       // customers who are in no list; "" for none
	TargetReturns ReturnTarget // stop rule; zero for none
	Capacity      int64        // most contacts; 0 for no limit
	Budget        float64      // most spent on contacts, in currency; 0 for no limit
	Margin        float64      // share of the sales that is margin, within (0, 1]; 0 when not known
	ContactCost   float64      // of one contact, in currency; NoCost when not known

	// Where, and with what.
	Out         string // folder of the published runs
	Keep        int    // runs to keep
	MemoryBytes int64  // 0: half of the machine's; see MemoryLimit
	Store       string // folder that keeps the history from night to night; "" for none
	Workers     int    // 0: one per processor; see WorkerCount
	LogFormat   LogFormat

	// What one command is asked for; these have no place in a settings file.
	Output    string // file that features and pull write; "" is standard output
	Customers int    // that generate invents
	Files     int    // that generate writes
	Whale     int    // orders of one customer that generate invents; 0 for none
	Cuts      int    // past days of a backtest; 0: what the data allow, up to a few
	Groups    []int  // that pull takes, ascending; nil for all
	Top       int64  // most customers that pull takes, by rank; 0 for all
	Channel   string // preferred channel of the customers that pull takes; "" for all
	List      ContactList
	Format    pipeline.ExportFormat // "": by the name of the file, else csv
}

// ReturnTarget is a number of returns, or a share of all that are expected.
// At most one of the two is set.
type ReturnTarget struct {
	Count float64
	Share float64 // within (0, 1]
}

// NoCost is a contact cost that nobody has set.
const NoCost = -1

// LogFormat is how progress and errors are written.
type LogFormat string

// The log formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// ContactList is a list that pull hands out.
type ContactList string

// The lists of a run.
const (
	ListContacts ContactList = "contacts"
	ListHoldout  ContactList = "holdout"
	// ListDeadlines are one-time buyers who leave a stage soon.
	ListDeadlines ContactList = "deadlines"
)

// validate checks what no setting can check alone.
func (s *Settings) validate() error {
	if s.Budget > 0 && s.ContactCost <= 0 {
		return &SettingsError{Where: "--budget", Text: "needs to know what a contact costs: set --contact-cost too, above 0"}
	}
	return nil
}

// SettingsError says which setting cannot be used, where it stands, and what
// was expected and found.
type SettingsError struct {
	Where string // "--horizon", or "winback.yaml:3:10: horizon"
	Text  string
}

func (e *SettingsError) Error() string { return fmt.Sprintf("%s: %s", e.Where, e.Text) }

// ExitCode is 2: usage or settings.
func (e *SettingsError) ExitCode() int { return ExitUsage }
