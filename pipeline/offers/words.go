package offers

import (
	"fmt"

	"winback/pipeline/wording"
)

// Caution stands once beside shown products.
const Caution = "What returning customers buy, not what brings them back: try it against another content in an arm."

// Name is the product behind a code.
func (g *Goods) Name(code uint32) string { return g.names[code-1] }

// Reason says in words why a product is shown.
func (g *Goods) Reason(s Show) string {
	buyers := int64(g.buyers[s.Product])
	switch s.Kind {
	case Again:
		day := s.LastBought.Time().Format("2 January 2006")
		when := "bought on " + day
		if s.BoughtDays > 1 {
			when = fmt.Sprintf("bought on %s, last on %s", wording.Counted(s.BoughtDays, "day"), day)
		}
		return fmt.Sprintf("%s; %s bought it in the last %d days", when, wording.Counted(buyers, "customer"), g.Window)
	case GoesWith:
		had, share := g.followed(s.From, s.Product)
		return fmt.Sprintf("of %s who had %s and came back after %d days, %s bought this", wording.Counted(had, "customer"), g.Name(s.From), g.Gap, wording.Prose.Percent(share))
	}
	return fmt.Sprintf("most bought in the last %d days: %s", g.Window, wording.Counted(buyers, "customer"))
}

// followed is how many returns there were of customers with a product, and which
// share of them took another.
func (g *Goods) followed(from, product uint32) (had int64, share float64) {
	had = int64(g.pairs.had[from])
	for _, n := range g.pairs.of(from) {
		if n.product == product {
			return had, float64(n.bought) / float64(had)
		}
	}
	return had, 0
}

// Note says what shown products rest on, or why there are none.
func (g *Goods) Note() string {
	switch {
	case len(g.names) == 0:
		return "Nothing to show: the orders name no products"
	case g.Sold == 0:
		return fmt.Sprintf("Nothing to show: no product was sold in the last %d days", g.Window)
	}
	text := fmt.Sprintf("To show: %s sold in the last %d days", wording.Counted(int64(g.Sold), "product"), g.Window)
	if g.Window != g.s.SoldWithin {
		text += fmt.Sprintf(" (fewer than %d were in %d)", fewestSold, g.s.SoldWithin)
	}
	if g.Gap == 0 {
		return text + fmt.Sprintf("; what goes with what is not known: fewer than %d returns", fewestEvents)
	}
	return text + fmt.Sprintf("; what goes with what from %s after %d days without a purchase", wording.Counted(int64(g.Events), "return"), g.Gap)
}
