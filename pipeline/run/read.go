package run

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/internal/fsys"
)

// What cannot be read of a run is an *data.InputError, which ends the rows. It
// wraps fs.ErrNotExist where the run was published without the file.

// Groups are the groups of the run, in order of priority.
func (r *Run) Groups() ([]tables.GroupRow, error) {
	var groups []tables.GroupRow
	for row, err := range rows(r, GroupsFile, tables.ReadGroups) {
		if err != nil {
			return nil, err
		}
		groups = append(groups, row)
	}
	return groups, nil
}

// ListedGroups are the groups that have a recall list, ascending; none where
// nobody is to be contacted.
func (r *Run) ListedGroups() []int {
	var groups []int
	for _, f := range r.Manifest.Files {
		if group, ok := groupOfFile(f.Path); ok {
			groups = append(groups, group)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// ContactLists yields the recall lists in the order of the ranks; those of the
// groups named alone where groups is not nil.
func (r *Run) ContactLists(groups []int) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		for _, group := range r.ListedGroups() {
			if groups != nil && !slices.Contains(groups, group) {
				continue
			}
			for n := 0; n == 0 || r.has(partFile(group, n)); n++ {
				for row, err := range rows(r, partFile(group, n), tables.ReadContacts) {
					if !yield(row, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// Holdout yields the customers who are left alone, in the order of the ranks.
func (r *Run) Holdout() iter.Seq2[tables.ContactRow, error] {
	return rows(r, HoldoutFile, tables.ReadContacts)
}

// Deadlines yields the one-time buyers who leave a stage soon, the least time
// first.
func (r *Run) Deadlines() iter.Seq2[tables.Deadline, error] {
	return rows(r, DeadlinesFile, tables.ReadDeadlines)
}

// Referrals yields who may be asked to recommend the shop, by list, the greatest
// value first.
func (r *Run) Referrals() iter.Seq2[tables.Referral, error] {
	return rows(r, ReferralsFile, tables.ReadReferrals)
}

// Scores yields what the models said of the lapsed customers, by id.
func (r *Run) Scores() iter.Seq2[tables.ScoreRow, error] {
	return rows(r, ScoresFile, tables.ReadScores)
}

// ScoreGroups yields the groups of the lapsed customers, by id.
func (r *Run) ScoreGroups() iter.Seq2[tables.ScoreGroup, error] {
	return rows(r, ScoresFile, tables.ReadScoreGroups)
}

// ScoreModels names the models behind data.ScoreRow.Scores, in that order.
func (r *Run) ScoreModels() ([]string, error) {
	file, size, err := r.open(ScoresFile)
	if err != nil {
		return nil, r.unreadable(ScoresFile, err)
	}
	defer file.Close()
	scores, err := tables.OpenScores(file, size)
	if err != nil {
		return nil, r.unreadable(ScoresFile, err)
	}
	return scores.Models, nil
}

// Content is what a file of the run holds, by its path.
func (r *Run) Content(path string) ([]byte, error) {
	file, _, err := r.open(path)
	if err != nil {
		return nil, r.unreadable(path, err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	return text, r.unreadable(path, err)
}

// Evaluation is evaluation.json.
func (r *Run) Evaluation() (json.RawMessage, error) { return r.Content(EvaluationFile) }

// Asked is what the run was asked, and which model answers.
type Asked struct {
	HorizonDays     int    `json:"horizon_days"`
	LapsedAfterDays int    `json:"lapsed_after_days"` // recency from which a customer counts as lapsed
	Chosen          string `json:"chosen"`            // model
}

// Asked reads it from evaluation.json; zero where the run was published without
// one, which no list needs.
func (r *Run) Asked() (asked Asked, err error) {
	text, err := r.Evaluation()
	if errors.Is(err, fs.ErrNotExist) {
		return Asked{}, nil
	}
	if err == nil {
		err = r.unreadable(EvaluationFile, json.Unmarshal(text, &asked))
	}
	return asked, err
}

// Customers yields all customers with a purchase before the as-of day, by id.
func (r *Run) Customers() iter.Seq2[tables.CustomerRow, error] {
	return rows(r, CustomersFile, tables.ReadCustomers)
}

// Shows yields what the customers of the lists are shown, by id and slot.
func (r *Run) Shows() iter.Seq2[tables.ShowRow, error] {
	return rows(r, ShowsFile, tables.ReadShows)
}

// rows yields the rows of a table of the run.
func rows[R any](r *Run, path string, read func(io.ReaderAt, int64) iter.Seq2[R, error]) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		file, size, err := r.open(path)
		if err != nil {
			var none R
			yield(none, r.unreadable(path, err))
			return
		}
		defer file.Close()
		for row, err := range read(file, size) {
			if !yield(row, r.unreadable(path, err)) || err != nil {
				return
			}
		}
	}
}

// open opens a file that the run was opened for.
func (r *Run) open(path string) (file fsys.ReadFile, size int64, err error) {
	if !r.needed(path) {
		return nil, 0, errors.New("the run was not opened for this file, so that nobody has checked it")
	}
	if !r.has(path) {
		return nil, 0, fs.ErrNotExist
	}
	if file, err = r.files.Open(r.path(path)); err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// has says whether the run was published with a file at that path.
func (r *Run) has(path string) bool {
	return slices.ContainsFunc(r.Manifest.Files, func(f FileDigest) bool { return f.Path == path })
}

func (r *Run) path(path string) string { return fsys.Join(r.Dir, filepath.FromSlash(path)) }

// unreadable names the file of an error; nil stays nil.
func (r *Run) unreadable(path string, err error) error {
	if err == nil {
		return nil
	}
	return &data.InputError{Path: r.path(path), Err: err}
}

// Read hands a file that the run was opened for to read.
func (r *Run) Read(path string, read func(file io.ReaderAt, size int64) error) error {
	file, size, err := r.open(path)
	if err != nil {
		return r.unreadable(path, err)
	}
	defer file.Close()
	return r.unreadable(path, read(file, size))
}
