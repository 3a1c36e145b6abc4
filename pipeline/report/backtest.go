package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"winback/data"
)

//go:embed backtest.tmpl
var backtestText string

// Backtest is everything that the page of a backtest shows. Shares, rates and
// probabilities are in [0, 1]; a float that is not known is NaN and shown as
// "–".
type Backtest struct {
	AsOf            data.Day
	HorizonDays     int
	LapsedAfterDays int
	LapsedBasis     string   // a sentence
	Verdict         string   // sentences
	Notes           []string // sentences

	Better           int     // days on which the ranking beat recency beyond noise
	Gain             Range   // mean AUC of the chosen models less that of recency
	GainOverGroups   Range   // and less that of the groups
	Models           []Model // means over the days, the simplest first
	Chosen, Recency  Model   // means of whichever model was chosen, and of recency
	LevelError       float64 // how far the forecast share was off, as a factor less 1
	Days             []BacktestDay
	Gains            []Curve // means over the days
	CalibrationTenth []Tenth // of all days together, by ascending probability
}

// Range is a figure with its 95 % interval.
type Range struct{ Value, Low, High float64 }

// BacktestDay is one past day, oldest first in a backtest.
type BacktestDay struct {
	Day                 data.Day
	Customers, Returned int64
	Rate, Forecast      float64 // share that came back, and what was foretold
	Ranker              string  // model chosen before the day
	Gain                Range   // its AUC less that of recency
	Models              []Model // the simplest first
	Tenths              []Tenth
}

// model finds a model of the day; NaN figures where it is not among them.
func (d *BacktestDay) model(name string) Model {
	for _, m := range d.Models {
		if m.Name == name {
			return m
		}
	}
	return Model{AUC: unknown, Low: unknown, High: unknown}
}

// RankerAUC is the AUC of the model chosen before the day.
func (d BacktestDay) RankerAUC() float64 { return d.model(d.Ranker).AUC }

// signed writes a difference of scores with its sign.
func signed(x float64) string {
	if x > 0 {
		return "+" + score(x)
	}
	return score(x)
}

// Tenth compares the mean probability of a tenth of the customers with the
// share of them that came back.
type Tenth struct{ Predicted, Observed float64 }

// backtestPage is what the template sees.
type backtestPage struct {
	Backtest
	Style template.CSS

	GainsPicture, CalibrationPicture, RankPicture, LevelPicture template.HTML
	Curves                                                      []Curve
	Reached                                                     []reachedRow
}

// withBacktest adds the backtest to the page's templates.
func withBacktest(t *template.Template) *template.Template {
	template.Must(t.New("backtest parts").Parse(backtestText))
	return t
}

// WriteBacktest writes a backtest as a page that needs nothing beside it. The
// same data gives the same bytes.
func WriteBacktest(w io.Writer, d Backtest) error {
	p, err := newBacktestPage(d)
	if err != nil {
		return fmt.Errorf("backtest page: %w", err)
	}
	if err := emit(w, "backtest page", p); err != nil {
		return fmt.Errorf("backtest page: %w", err)
	}
	return nil
}

// newBacktestPage draws the pictures.
func newBacktestPage(d Backtest) (*backtestPage, error) {
	p := &backtestPage{Backtest: d, Style: template.CSS(styleText)}
	p.Curves = usable(d.Gains)
	p.Reached = reached(p.Curves)
	var err error
	if p.GainsPicture, err = gainsPicture(p.Curves); err != nil {
		return nil, err
	}
	if p.CalibrationPicture, err = tenthsPicture(d.CalibrationTenth, d.Days); err != nil {
		return nil, err
	}
	if p.RankPicture, err = rankPicture(d.Days); err != nil {
		return nil, err
	}
	p.LevelPicture, err = levelPicture(d.Days)
	return p, err
}
