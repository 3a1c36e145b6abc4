package scoring

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"winback/data"
	"winback/data/guard"
	"winback/data/orders"
	"winback/features"
	"winback/models"
	"winback/pipeline/learn"
	"winback/pipeline/run"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
)

// nightFormat changes with what a night package or a scored part holds.
const nightFormat = 1

// Files of a night package beside those of the models; FORMAT.md of data/orders
// describes them.
const (
	nightFile = "night.json"
	ranksFile = "ranks"
	shopFile  = "shop.json"
)

// nightForm is night.json.
type nightForm struct {
	Format      int                `json:"format"`
	AsOf        string             `json:"as_of"`
	Horizon     int                `json:"horizon_days"`
	LapsedAfter int                `json:"lapsed_after_days"`
	Shifts      map[string]float64 `json:"shifts"` // of the log-odds, by model
}

// Write is the night for other machines, as the files of a package.
func (n *Night) Write(create run.Create) error {
	form := nightForm{nightFormat, n.want.AsOf.String(), n.want.Horizon, n.want.LapsedAfter, map[string]float64{}}
	for name, shift := range n.shifts {
		form.Shifts[name] = shift.Logit
	}
	ranks := func(w io.Writer) error {
		_, err := w.Write(snapshots.AppendRanks(nil, n.ranks))
		return err
	}
	err := errors.Join(create.WriteJSON(nightFile, form), learn.WriteScoring(create, n.learned, n.tree), create.Write(ranksFile, ranks))
	if n.shop != nil {
		err = errors.Join(err, create.WriteJSON(shopFile, n.shop))
	}
	return err
}

// NightOf reads what Write wrote, with the names of the table. Whatever the bytes are,
// what comes back can score, or there is an error.
func NightOf(read func(path string) ([]byte, error), names *orders.Names) (n *Night, err error) {
	err = guard.Run("the night package", func() error {
		n, err = nightOf(read, names)
		return err
	})
	return n, err
}

func nightOf(read func(path string) ([]byte, error), names *orders.Names) (*Night, error) {
	n := &Night{shifts: map[string]models.Shift{}}
	err := n.takeQuestion(read)
	if err != nil {
		return nil, err
	}
	if n.learned, err = learn.ReadScoring(read); err != nil {
		return nil, err
	}
	n.tree = n.learned.Tree
	if err := n.takeShop(read); err != nil {
		return nil, err
	}
	none, err := n.noRows(names)
	if err != nil {
		return nil, err
	}
	raw := snapshots.RawMatrix([]*features.Table{none}, 1)
	if n.align, err = n.learned.State.Align(raw); err != nil {
		return nil, err
	}
	text, err := read(ranksFile)
	if err == nil {
		n.ranks, err = snapshots.RanksOf(text, len(raw.Names))
	}
	return n, err
}

func (n *Night) takeQuestion(read func(path string) ([]byte, error)) error {
	text, err := read(nightFile)
	if err != nil {
		return err
	}
	var form nightForm
	if err := json.Unmarshal(text, &form); err != nil {
		return fmt.Errorf("%s: %w", nightFile, err)
	}
	day, err := data.ParseDay(form.AsOf)
	switch {
	case form.Format != nightFormat:
		return fmt.Errorf("%s: it was written by another version of winback: want format %d, found %d", nightFile, nightFormat, form.Format)
	case err != nil:
		return fmt.Errorf("%s: %w", nightFile, err)
	case form.Horizon < 1 || form.LapsedAfter < 1:
		return fmt.Errorf("%s: horizon of %d days, lapsed after %d: want whole numbers above 0", nightFile, form.Horizon, form.LapsedAfter)
	}
	n.want = wanted(snapshots.Question{AsOf: day, Horizon: form.Horizon, LapsedAfter: form.LapsedAfter})
	for name, logit := range form.Shifts {
		n.shifts[name] = models.Shift{Logit: logit}
	}
	return nil
}

func (n *Night) takeShop(read func(path string) ([]byte, error)) error {
	text, err := read(shopFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	n.shop = new(shopcontext.View)
	if err := json.Unmarshal(text, n.shop); err != nil {
		return fmt.Errorf("%s: %w", shopFile, err)
	}
	if n.shop.Day() != n.want.AsOf {
		return fmt.Errorf("%s: it is of %s, %s of %s", shopFile, n.shop.Day(), nightFile, n.want.AsOf)
	}
	return nil
}

// noRows is a feature table of the night without customers.
func (n *Night) noRows(names *orders.Names) (*features.Table, error) {
	return LapsedTable(&orders.Histories{Start: []int32{0}, Names: names}, n.want, nil, n.shop)
}
