package diagnose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"winback/data/tables"
	"winback/pipeline/wording"
)

// Headline is one answer in words.
type Headline struct{ Question, Answer string }

// Headlines are the answers in words, the most important first.
func (d *Diagnosis) Headlines() []Headline {
	var all []Headline
	add := func(question, answer string) {
		if answer != "" {
			all = append(all, Headline{Question: question, Answer: wording.Sentence(answer)})
		}
	}
	add("What kind of shop?", d.ShopType.Type+": "+d.ShopType.Why)
	add("When do they return?", d.Clocks.Own.Basis)
	add("Where does it break?", d.LadderFacts.Words)
	add("What does the first order tell?", d.FirstTree.Words)
	add("Who brings the value?", d.Pareto.Words())
	add("Longer ago, less likely?", d.RuleFacts.Recency.Words)
	add("Which clock, which rule?", d.RuleFacts.Words)
	add("When does lapsed begin?", d.smallestWords())
	add("Do goods have a rhythm?", d.Clocks.Product.Words)
	add("Who leaves a stage soon?", d.DeadlineWords())
	return all
}

// DeadlineWords says how many one-time buyers are on the deadline list.
func (d *Diagnosis) DeadlineWords() string {
	return fmt.Sprintf("%s their stage by the %s clock within %s", wording.Plural(d.DeadlineCustomers, "customer who bought once leaves", "customers who bought once leave"), d.Clocks.InForce,
		wording.Counted(d.DeadlineDays, "day"))
}

func (d *Diagnosis) smallestWords() string {
	f := &d.RuleFacts
	switch {
	case len(f.Days) == 0:
		return ""
	case f.SmallestDays == 1:
		return fmt.Sprintf("even of all customers at most %s come back by themselves within %d days (%s)", wording.Prose.Percent(float64(f.MostFalseAlarms)), f.HorizonDays, wording.Prose.Percent(float64(f.SmallestShare)))
	case !f.SmallestDays.Known():
		return fmt.Sprintf("at no number of silent days do at most %s of the silent come back by themselves within %d days", wording.Prose.Percent(float64(f.MostFalseAlarms)), f.HorizonDays)
	}
	return fmt.Sprintf("from %.0f silent days on at most %s come back by themselves within %d days (%s)", f.SmallestDays, wording.Prose.Percent(float64(f.MostFalseAlarms)), f.HorizonDays, wording.Prose.Percent(float64(f.SmallestShare)))
}

// Warnings are sentences on what spoils the figures.
func (d *Diagnosis) Warnings() []string {
	var all []string
	if d.LadderFacts.After.Survivors {
		all = append(all, wording.Sentence(d.LadderFacts.After.Words))
	}
	return all
}

// CorrectedCuts are the own clock's corrected cut points that can be trusted, how
// many days the customers were followed, and which customers: those seen after
// the fill-up where the first months hold survivors.
func (d *Diagnosis) CorrectedCuts() (cuts []int, tau int, of string) {
	own := &d.Clocks.Own
	if d.LadderFacts.After.Survivors && len(own.CorrectedLater) > 0 {
		return own.CorrectedLater, int(own.TauLaterDays), "customers first seen after the fill-up"
	}
	return own.Corrected, own.TauDays, "all customers"
}

// TrustedCorrected is the corrected share of the k-th step, k from 0: of the
// customers first seen after the fill-up where the first months hold survivors.
func (d *Diagnosis) TrustedCorrected(k int) Number {
	if after := &d.LadderFacts.After; after.Survivors {
		if k < len(after.Rungs) {
			return after.Rungs[k].ShareCorrected
		}
		return unknown
	}
	return d.Ladder[k].ShareCorrected
}

// DaysWords are the days of a stage, such as "46–133".
func (s *StageRow) DaysWords() string {
	switch {
	case s.FromDays == 0:
		return "by goods"
	case s.ToDays == 0:
		return fmt.Sprintf("over %d", s.FromDays-1)
	}
	return fmt.Sprintf("%d–%d", s.FromDays, s.ToDays)
}

// ClassName is such as "149 to 412".
func (c *FirstOrderClass) ClassName() string {
	switch {
	case !c.To.Known() && c.From == 0:
		return "any value"
	case !c.To.Known():
		return "from " + plainMoney(float64(c.From))
	case c.From == 0:
		return "below " + plainMoney(float64(c.To))
	}
	return plainMoney(float64(c.From)) + " to " + plainMoney(float64(c.To))
}

// mostGoods is how many products and categories the report shows.
const mostGoods = 24

// GoodsWindow is the rhythm of a product or category in words.
type GoodsWindow struct {
	Name              string
	Kind              string  // words
	Use, Typical, End float64 // days after a purchase; NaN where the clock is no cycle
	Repeaters         int64
	SeasonMonth       int    // first of the three months of a season, 1 is January; 0: none
	Weights           string // what the days rest on, in words
	Why               string
}

// Goods are the goods with a clock, those bought again by most customers first.
func (d *Diagnosis) Goods() []GoodsWindow {
	var shown []Cycle
	for _, c := range d.Cycles {
		if c.Kind != kindShop && c.Kind != kindNone {
			shown = append(shown, c)
		}
	}
	slices.SortStableFunc(shown, func(a, b Cycle) int { return cmp.Compare(b.Repeaters, a.Repeaters) })
	var out []GoodsWindow
	for _, c := range shown[:min(len(shown), mostGoods)] {
		g := GoodsWindow{Name: c.name(), Kind: "used up and bought again", Use: c.Use, Typical: c.Typical, End: c.End, Repeaters: c.Repeaters, Why: wording.Sentence(c.Why), Weights: c.weightWords()}
		if c.Kind == kindYearly {
			g.Kind, g.Weights, g.SeasonMonth = "yearly, from "+time.Month(c.Season).String()+" on", "", c.Season
			g.Use, g.Typical, g.End = math.NaN(), math.NaN(), math.NaN()
		}
		out = append(out, g)
	}
	return out
}

// weightWords says what the days rest on.
func (c *Cycle) weightWords() string {
	var parts []string
	for _, w := range []struct {
		name  string
		share float64
	}{{"its own intervals", c.WeightProduct}, {"its category", c.WeightCategory}, {"the shop", c.WeightShop}, {"the industry", c.WeightIndustry}} {
		if c.Level == levelCategory && w.name == "its category" {
			w.name = "its own intervals"
		}
		if w.share >= 0.005 {
			parts = append(parts, fmt.Sprintf("%s %.0f %%", w.name, 100*w.share))
		}
	}
	return strings.Join(parts, ", ")
}

// Table is the table of product cycles.
func (d *Diagnosis) Table() []tables.ProductCycle {
	var rows []tables.ProductCycle
	for i := range d.Cycles {
		c := &d.Cycles[i]
		row := tables.ProductCycle{Level: "product", Product: c.Product, Category: c.Category, Clock: c.Kind, Why: c.Why, Buyers: c.Buyers, Repeaters: c.Repeaters, Intervals: c.Intervals,
			Returned: c.Returned, FollowedDays: int32(c.TauDays), UseDays: c.Use, TypicalDays: c.Typical, EndDays: c.End, OwnTypicalDays: c.OwnTypical,
			WeightProduct: c.WeightProduct, WeightCategory: c.WeightCategory, WeightShop: c.WeightShop, WeightIndustry: c.WeightIndustry,
			Norm: c.Norm, Chance: c.P, Regular: c.Regular, UsualQuantity: c.Quantity, SeasonMonth: int32(c.Season)}
		if c.Level == levelCategory {
			row.Level = "category"
		}
		if math.IsNaN(c.P) {
			row.Regular = math.NaN()
		}
		if c.Kind == kindYearly || c.Kind == kindNone {
			for _, v := range []*float64{&row.UseDays, &row.TypicalDays, &row.EndDays, &row.WeightProduct, &row.WeightCategory, &row.WeightShop, &row.WeightIndustry} {
				*v = math.NaN()
			}
		}
		rows = append(rows, row)
	}
	return rows
}
