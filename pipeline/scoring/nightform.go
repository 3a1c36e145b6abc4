package scoring

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"winback/data"
	"winback/data/guard"
	"winback/data/orders"
	"winback/data/wire"
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
	nightFile  = "night.json"
	ranksFile  = "ranks"
	shopFile   = "shop.json"
	commonFile = "orders.json"
	namesFile  = "names"
)

// nightForm is night.json.
type nightForm struct {
	Format      int                `json:"format"`
	AsOf        string             `json:"as_of"`
	Horizon     int                `json:"horizon_days"`
	LapsedAfter int                `json:"lapsed_after_days"`
	Shifts      map[string]float64 `json:"shifts"` // of the log-odds, by model
}

// Package is the night for other machines, with all that ranges of the customers of the
// table must know of it, and its digest.
func (n *Night) Package(table *orders.Table) (text []byte, sum [sha256.Size]byte, err error) {
	p := &packing{}
	create := run.Create(p.create)
	form := nightForm{nightFormat, n.want.AsOf.String(), n.want.Horizon, n.want.LapsedAfter, map[string]float64{}}
	for name, shift := range n.shifts {
		form.Shifts[name] = shift.Logit
	}
	common, names, err := table.Common()
	if err != nil {
		return nil, sum, err
	}
	plain := func(path string, content []byte) error {
		return create.Write(path, func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		})
	}
	err = errors.Join(create.WriteJSON(nightFile, form), learn.WriteScoring(create, n.learned, n.tree), plain(ranksFile, snapshots.AppendRanks(nil, n.ranks)), plain(commonFile, common), plain(namesFile, names))
	if n.shop != nil {
		err = errors.Join(err, create.WriteJSON(shopFile, n.shop))
	}
	if err != nil {
		return nil, sum, err
	}
	return p.packed()
}

// packing are the files of a package in the making.
type packing struct {
	names []string
	files []*bytes.Buffer
}

type packedFile struct{ *bytes.Buffer }

func (packedFile) Close() error { return nil }

func (p *packing) create(path string) (io.WriteCloser, error) {
	f := new(bytes.Buffer)
	p.names, p.files = append(p.names, path), append(p.files, f)
	return packedFile{f}, nil
}

func (p *packing) packed() (text []byte, sum [sha256.Size]byte, err error) {
	list, err := json.Marshal(p.names)
	parts := [][]byte{list}
	for _, f := range p.files {
		parts = append(parts, f.Bytes())
	}
	var out bytes.Buffer
	if err = errors.Join(err, wire.WriteParts(&out, parts)); err != nil {
		return nil, sum, err
	}
	whole, err := wire.Whole(out.Bytes())
	if err != nil {
		return nil, sum, err
	}
	return out.Bytes(), whole.SHA256(), nil
}

// NightOf reads what Package gave, from its stream. Whatever the bytes are, what comes
// back can score, or there is an error. common is what the histories of a range must
// know.
func NightOf(s *wire.Stream) (n *Night, common *orders.Common, err error) {
	err = guard.Run("the night package", func() error {
		n, common, err = nightOf(s)
		return err
	})
	return n, common, err
}

func nightOf(s *wire.Stream) (*Night, *orders.Common, error) {
	read, err := unpack(s)
	if err != nil {
		return nil, nil, err
	}
	n := &Night{shifts: map[string]models.Shift{}}
	if err := n.takeQuestion(read); err != nil {
		return nil, nil, err
	}
	if n.learned, err = learn.ReadScoring(read); err != nil {
		return nil, nil, err
	}
	n.tree = n.learned.Tree
	common, err := commonOf(read)
	if err != nil {
		return nil, nil, err
	}
	if err := n.takeShop(read); err != nil {
		return nil, nil, err
	}
	none, err := n.noRows(common.Names())
	if err != nil {
		return nil, nil, err
	}
	raw := snapshots.RawMatrix([]*features.Table{none}, 1)
	if n.align, err = n.learned.State.Align(raw); err != nil {
		return nil, nil, err
	}
	text, err := read(ranksFile)
	if err == nil {
		n.ranks, err = snapshots.RanksOf(text, len(raw.Names))
	}
	return n, common, err
}

// unpack gives the content of a file by its name, or fs.ErrNotExist.
func unpack(s *wire.Stream) (func(path string) ([]byte, error), error) {
	parts, err := s.Parts()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, errors.New("want a list of files, found nothing")
	}
	var names []string
	if err := json.Unmarshal(parts[0], &names); err != nil {
		return nil, fmt.Errorf("the list of files: %w", err)
	}
	if len(names) != len(parts)-1 {
		return nil, fmt.Errorf("the list has %d files, found %d", len(names), len(parts)-1)
	}
	files := map[string][]byte{}
	for i, name := range names {
		files[name] = parts[i+1]
	}
	return func(path string) ([]byte, error) {
		if content, ok := files[path]; ok {
			return content, nil
		}
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}, nil
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

func commonOf(read func(path string) ([]byte, error)) (*orders.Common, error) {
	head, err := read(commonFile)
	if err != nil {
		return nil, err
	}
	names, err := read(namesFile)
	if err != nil {
		return nil, err
	}
	common, err := orders.CommonOf(head, names)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", commonFile, err)
	}
	return common, nil
}

// noRows is a feature table of the night without customers.
func (n *Night) noRows(names *orders.Names) (*features.Table, error) {
	return LapsedTable(&orders.Histories{Start: []int32{0}, Names: names}, n.want, nil, n.shop)
}
