package run

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"winback/internal/fsys"
)

// Names in the output folder.
const (
	// LedgerFolder holds the campaigns; no run removes anything there.
	LedgerFolder = "ledger"

	currentLink = "current"
	runsFolder  = "runs"
	lockFile    = ".lock"

	// What starts with tempPrefix in the output folder belongs to a run that
	// is being written or removed, or to a dead one.
	tempPrefix = ".winback-"
	newPrefix  = tempPrefix + "new-"
	oldPrefix  = tempPrefix + "old-"
	tempLink   = tempPrefix + "current"
)

// Files and folders of a run. ManifestFile is written last; CustomersFile,
// DeadlinesFile, ReferralsFile and ProductCyclesFile are the tables of DiagnosisFile; ShowsFile,
// ProductPairsFile and HotProductsFile are there where the orders name products.
const (
	ManifestFile      = "manifest.json"
	ContactsFolder    = "contacts"
	HoldoutFile       = "holdout.parquet"
	GroupsFile        = "groups.parquet"
	ScoresFile        = "scores.parquet"
	FeaturesFile      = "features.parquet"
	EvaluationFile    = "evaluation.json"
	DiagnosisFile     = "diagnosis.json"
	CustomersFile     = "customers.parquet"
	DeadlinesFile     = "deadlines.parquet"
	ReferralsFile     = "referrals.parquet"
	ProductCyclesFile = "product_cycles.parquet"
	ShowsFile         = "shows.parquet"
	ProductPairsFile  = "product_pairs.parquet"
	HotProductsFile   = "hot_products.parquet"
	ModelFolder       = "model"
	ModelIndexFile    = ModelFolder + "/index.json"
	ShowsModelFile    = ModelFolder + "/shows.txt"
	ReportFile        = "report.html"
	BriefFile         = "brief.html"
	CampaignsFile     = "campaigns.parquet"
	DecisionsFile     = "campaigns.json"
)

// contactsPerFile is the greatest number of rows of one part of a recall list.
const contactsPerFile = 1_000_000

// groupPrefix starts the name of a group's folder. It has no equals sign, which
// readers take for a Hive partition: a second column group that fits the one in
// the file in pandas and DuckDB neither by type nor by value.
const groupPrefix = ContactsFolder + "/group-"

// GroupFolder is the folder of a group's recall list: contacts/group-01.
func GroupFolder(group int) string { return fmt.Sprintf("%s%02d", groupPrefix, group) }

// groupOfFile is the group whose recall list the file at a path of the run
// belongs to; false for a file of no list.
func groupOfFile(path string) (group int, ok bool) {
	number, _, found := strings.Cut(strings.TrimPrefix(path, groupPrefix), "/")
	group, err := strconv.Atoi(number)
	return group, found && err == nil && strings.HasPrefix(path, GroupFolder(group)+"/")
}

// partFile is the n-th file (from 0) of a group's recall list.
func partFile(group, n int) string { return fmt.Sprintf("%s/part-%d.parquet", GroupFolder(group), n) }

// ModelFile is the file of a model, in the format of models/FORMAT.md.
func ModelFile(name string) string { return ModelFolder + "/" + name + ".txt" }

// Name is the name of a run: the n-th of its as-of day.
type Name struct {
	AsOf string // YYYY-MM-DD
	N    int    // 1 or more
}

// String writes the name as its folder is called: 2007-11-15-1.
func (n Name) String() string { return n.AsOf + "-" + strconv.Itoa(n.N) }

// Compare orders names by as-of day, then by number.
func (n Name) Compare(other Name) int {
	return cmp.Or(cmp.Compare(n.AsOf, other.AsOf), cmp.Compare(n.N, other.N))
}

// ParseName reads the name of a run folder.
func ParseName(s string) (Name, error) {
	wrong := fmt.Errorf("run %q: want a name like 2007-11-15-1", s)
	cut := strings.LastIndexByte(s, '-')
	if cut < 0 {
		return Name{}, wrong
	}
	n, err := strconv.Atoi(s[cut+1:])
	if err != nil || n < 1 || strconv.Itoa(n) != s[cut+1:] {
		return Name{}, wrong
	}
	if err := checkAsOf(s[:cut]); err != nil {
		return Name{}, wrong
	}
	return Name{AsOf: s[:cut], N: n}, nil
}

func checkAsOf(day string) error {
	if t, err := time.Parse(time.DateOnly, day); err != nil || t.Format(time.DateOnly) != day {
		return fmt.Errorf("as-of day %q: want YYYY-MM-DD", day)
	}
	return nil
}

// FolderOf is the folder of a run in an output folder.
func FolderOf(out string, name Name) string {
	return fsys.Join(out, runsFolder, name.String())
}
