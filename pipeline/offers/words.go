package offers

import (
	"fmt"
	"strconv"
	"sync/atomic"

	"winback/pipeline/wording"
)

// Caution stands once beside shown products.
const Caution = "What returning customers buy, not what brings them back: try it against another content in an arm."

// Name is the product behind a code.
func (g *Goods) Name(code uint32) string { return g.names[code-1] }

// Reason says in words why a product is shown.
func (g *Goods) Reason(s Show) string {
	switch s.Kind {
	case Again:
		var room [128]byte
		text := append(room[:0], "bought on "...)
		if s.BoughtDays > 1 {
			text = append(wording.AppendCounted(text, s.BoughtDays, "day"), ", last on "...)
		}
		text = s.LastBought.Time().AppendFormat(text, "2 January 2006")
		return string(append(text, g.selling.of(int(s.Product), func() string {
			return "; " + g.buyersOf(s.Product) + " bought it in the last " + strconv.Itoa(g.Window) + " days"
		})...))
	case GoesWith:
		return g.following.of(int(s.pair), func() string { return g.followedBy(s.From, g.pairs.next[s.pair]) })
	}
	return g.popular.of(int(s.Product), func() string {
		return "most bought in the last " + strconv.Itoa(g.Window) + " days: " + g.buyersOf(s.Product)
	})
}

func (g *Goods) buyersOf(code uint32) string {
	return wording.Counted(int64(g.buyers[code]), "customer")
}

// followedBy says how many of those who came back and had a product took another.
func (g *Goods) followedBy(from uint32, n next) string {
	had := int64(g.pairs.had[from])
	return "of " + wording.Counted(had, "customer") + " who had " + g.Name(from) + " and came back after " + strconv.Itoa(g.Gap) + " days, " + wording.Prose.Percent(float64(n.bought)/float64(had)) + " bought this"
}

// phrases are words that many reasons share, by number, each made when it is first asked
// for. Several goroutines may ask.
type phrases []atomic.Pointer[string]

func (p phrases) of(at int, words func() string) string {
	if known := p[at].Load(); known != nil {
		return *known
	}
	made := words()
	p[at].Store(&made)
	return made
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
