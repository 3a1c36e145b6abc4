package diagnose

import (
	"fmt"

	"winback/data"
	"winback/features"
	"winback/pipeline/wording"
)

// customerType is the kind of a customer, for trades where time says little.
type customerType uint8

const (
	customerLoyal customerType = iota
	customerService
	customerSwitching
	customerOneOff
)

var customerTypes = []string{"loyal", "service-sensitive", "switching", "one-off or silent"}

// bound is what binds a customer to price or occasion.
type bound uint8

const (
	boundNone bound = iota
	boundPrice
	boundEvent
)

var boundNames = []string{"", "price", "event"}

const (
	priceShare = 0.5 // of the lines with a known usual price, bought below it
	priceLines = 3   // such lines, at least
)

// TypeRow counts the customers of one type.
type TypeRow struct {
	Type      string `json:"type"`
	Customers int64  `json:"customers"`
	Value     Number `json:"value"`
	Rule      string `json:"rule"`
	Advice    string `json:"advice"`
}

// TypeFacts are the customer types and who is bound to price or event.
type TypeFacts struct {
	Types      []TypeRow `json:"types"`
	PriceBound int64     `json:"price_bound"`
	EventBound int64     `json:"event_bound"`
	// FirstInEvent counts customers whose first order fell into an event.
	FirstInEvent int64  `json:"first_in_event"`
	PricesKnown  bool   `json:"prices_known"` // usual prices could be learned
	EventsKnown  bool   `json:"events_known"` // an event calendar was given
	Words        string `json:"words"`
}

// manner is how a customer buys.
type manner struct {
	days, eventDays          int
	firstInEvent             bool
	reducedLines, knownLines int
	returns                  int
}

// bound says what binds the customer: events where all purchases fell into
// them and the first one did, else the price where half of what was bought had
// a reduced one.
func (m *manner) bound() bound {
	switch {
	case m.firstInEvent && m.eventDays == m.days:
		return boundEvent
	case m.knownLines >= priceLines && float64(m.reducedLines) >= priceShare*float64(m.knownLines):
		return boundPrice
	}
	return boundNone
}

// typeOf names the type by written rules, the first that fits.
func (m *manner) typeOf(stage features.Stage, bound bound, bestValue bool) customerType {
	switch {
	case m.days < 2 || stage >= features.StageSleeping:
		return customerOneOff
	case bound == boundPrice:
		return customerSwitching
	case m.returns > 0 || bestValue:
		return customerService
	}
	return customerLoyal
}

// typeRules are the rules in words, as typeOf tries them, and what follows.
func typeRules(bestFrom data.Money) [4][2]string {
	service := "has sent goods back"
	if bestFrom > 0 {
		service += fmt.Sprintf(", or spends %s or more per purchase day", wording.Prose.Money(bestFrom.Float()))
	}
	return [4][2]string{
		customerOneOff:    {"bought on one day only, or is sleeping or lost", "win back by stage, as far as it pays"},
		customerSwitching: {fmt.Sprintf("bought on two days or more, half or more of at least %d lines below %.0f %% of the product's usual price of that year", priceLines, 100*reduced), "never cut the price for them, they would have bought it cheap anyway"},
		customerService:   {service, "care and service, not discounts"},
		customerLoyal:     {"bought on two days or more and is active or silent", "keep contact, ask for referrals"},
	}
}

// typeSums add the customers of each type up.
type typeSums struct {
	customers, value                     [4]int64
	priceBound, eventBound, firstInEvent int64
}

func (t *typeSums) add(kind customerType, bound bound, firstInEvent bool, value data.Money) {
	t.customers[kind]++
	t.value[kind] += int64(value)
	switch bound {
	case boundPrice:
		t.priceBound++
	case boundEvent:
		t.eventBound++
	}
	if firstInEvent {
		t.firstInEvent++
	}
}

func (t *typeSums) merge(o *typeSums) {
	for k := range t.customers {
		t.customers[k] += o.customers[k]
		t.value[k] += o.value[k]
	}
	t.priceBound += o.priceBound
	t.eventBound += o.eventBound
	t.firstInEvent += o.firstInEvent
}

func (t *typeSums) facts(bestFrom data.Money, pricesKnown, eventsKnown bool) TypeFacts {
	out := TypeFacts{PriceBound: t.priceBound, EventBound: t.eventBound, FirstInEvent: t.firstInEvent, PricesKnown: pricesKnown, EventsKnown: eventsKnown}
	rules := typeRules(bestFrom)
	for k, name := range customerTypes {
		out.Types = append(out.Types, TypeRow{Type: name, Customers: t.customers[k], Value: Number(data.Money(t.value[k]).Float()), Rule: rules[k][0], Advice: rules[k][1]})
	}
	out.Words = wording.Plural(t.priceBound, "customer is", "customers are") + " bound to a low price, told by prices below the usual one of the product"
	if !pricesKnown {
		out.Words = "no product is sold often enough to know its usual price, so nobody is called bound to the price"
	}
	if eventsKnown {
		out.Words += fmt.Sprintf("; %s bought first in an event, %s of them never outside of one", wording.Thousands(t.firstInEvent), wording.Thousands(t.eventBound))
	} else {
		out.Words += "; without an event calendar (--events) nobody is called bound to events"
	}
	return out
}
