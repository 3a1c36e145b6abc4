package offers

import (
	"fmt"
	"strconv"

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
		when := "bought on "
		if s.BoughtDays > 1 {
			when = "bought on " + wording.Counted(s.BoughtDays, "day") + ", last on "
		}
		return when + day + "; " + wording.Counted(buyers, "customer") + " bought it in the last " + strconv.Itoa(g.Window) + " days"
	case GoesWith:
		had, share := g.followed(s.From, s.Product)
		return "of " + wording.Counted(had, "customer") + " who had " + g.Name(s.From) + " and came back after " + strconv.Itoa(g.Gap) + " days, " + wording.Prose.Percent(share) + " bought this"
	}
	return "most bought in the last " + strconv.Itoa(g.Window) + " days: " + wording.Counted(buyers, "customer")
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
