package shop

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/data"
)

// ContactDays are the days from a contact on in which it can do anything.
const ContactDays = 60

// contactPace is the mean of days between a contact and what it causes or
// brings forward.
const contactPace = 8.

// Contact is a customer of the demo shop who was sent something, with what that
// does: the truth that a campaign tries to find. Both numbers are shares, 0 to
// 1, the same for all customers of a group and arm, say.
type Contact struct {
	Customer string
	Day      data.Day // of the sending
	// Caused is the chance that a customer who would not buy within ContactDays
	// does so because of the contact. A group's lift is Caused × the share of
	// those who would not.
	Caused float64
	// Forward is the chance that a customer who would buy within ContactDays
	// buys sooner because of the contact; it moves nothing by their end.
	Forward float64
}

// Fate is what became of a contact.
type Fate struct {
	// Natural and Actual are the first purchase day within ContactDays without
	// and with the contact; 0 where there is none. Caused is true where only
	// the contact made one, Forward where it made it earlier.
	Natural, Actual data.Day
	Caused, Forward bool
}

// causedPlace is beyond the places of all natural purchases of a customer: what
// is drawn for an order hangs on its place, so that a purchase between others
// leaves theirs as they were.
const causedPlace = 1 << 20

// Contacted is the shop as it goes on with those contacts, and the fate of each.
// Orders before a contact's day are the same with and without it, their ids
// too, so that nights can be played one after the other: contact, look at
// the orders until tonight, contact again. The order of the contacts does not
// matter, a customer's second contact finds what the first has done. Errors
// name a customer whom the shop does not have or who had not bought before the
// contact, and a chance outside of 0 to 1.
func (s *DemoShop) Contacted(contacts []Contact) (*DemoShop, []Fate, error) {
	next := &DemoShop{Truth: s.Truth, seed: s.seed, customers: slices.Clone(s.customers)}
	fates, err := s.play(contacts, func(number int, c demoCustomer) { next.customers[number] = c })
	if err != nil {
		return nil, nil, err
	}
	next.orders = demoOrders(next.seed, newCatalogue(), next.customers)
	return next, fates, nil
}

// Fates are those of Contacted alone.
func (s *DemoShop) Fates(contacts []Contact) ([]Fate, error) {
	return s.play(contacts, func(int, demoCustomer) {})
}

// play gives the customers the purchase days that contacts make, contact by
// contact in order of customers and days, and hands over each customer.
func (s *DemoShop) play(contacts []Contact, keep func(number int, c demoCustomer)) ([]Fate, error) {
	order, who := make([]int, len(contacts)), make([]int, len(contacts))
	for i, c := range contacts {
		order[i] = i
		var err error
		if who[i], err = s.contacted(c); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(who[a], who[b]), cmp.Compare(contacts[a].Day, contacts[b].Day), cmp.Compare(a, b))
	})
	fates := make([]Fate, len(contacts))
	for from := 0; from < len(order); {
		number := who[order[from]]
		c := s.customers[number]
		c.later, c.caused = slices.Clone(c.later), slices.Clone(c.caused) // the shop keeps its own
		for ; from < len(order) && who[order[from]] == number; from++ {
			i := order[from]
			fates[i] = c.contact(contacts[i], s.seed.of(demoContact, uint64(number)))
		}
		keep(number, c)
	}
	return fates, nil
}

// contacted is the number of a contact's customer.
func (s *DemoShop) contacted(c Contact) (int, error) {
	i, err := s.number(c.Customer)
	if err != nil {
		return 0, err
	}
	if !(c.Caused >= 0 && c.Caused <= 1 && c.Forward >= 0 && c.Forward <= 1) {
		return 0, fmt.Errorf("contact of %s: chances are %v and %v, want 0 to 1", c.Customer, c.Caused, c.Forward)
	}
	if s.customers[i].first >= c.Day {
		return 0, fmt.Errorf("contact of %s on %v: want a day after the first purchase, %v", c.Customer, c.Day, s.customers[i].first)
	}
	return i, nil
}

// number is the place of a customer, counted from 0.
func (s *DemoShop) number(customer string) (int, error) {
	digits, isDemo := strings.CutPrefix(customer, "C")
	i, err := strconv.Atoi(digits)
	if i -= firstDemoID; !isDemo || err != nil || i < 0 || i >= len(s.customers) {
		return 0, fmt.Errorf("contact of %q: want a customer of the demo shop, %s to %s", customer, demoID(0), demoID(len(s.customers)-1))
	}
	return i, nil
}

// contact plays one contact. What it draws hangs on customer and day alone: the
// same customers come where an effect is smaller, only fewer of them.
func (c *demoCustomer) contact(with Contact, own draws) Fate {
	at := uint64(with.Day)
	day := with.Day + contactDelay(own.uniform(demoContactDelay, at))
	i, _ := slices.BinarySearch(c.later, with.Day)
	natural := firstWithin(c.later[i:], with.Day)
	if earlier := firstWithin(c.caused, with.Day); earlier != 0 && (natural == 0 || earlier < natural) {
		return Fate{Natural: earlier, Actual: earlier} // an earlier contact's work
	}
	switch {
	case natural == 0 && day <= demoLast && own.uniform(demoCaused, at) < with.Caused:
		c.caused = append(c.caused, day)
		return Fate{Actual: day, Caused: true}
	case natural != 0 && day < natural && own.uniform(demoForward, at) < with.Forward:
		c.later[i] = day
		return Fate{Natural: natural, Actual: day, Forward: true}
	}
	return Fate{Natural: natural, Actual: natural}
}

// firstWithin is the first of ascending days within ContactDays from a day on; 0
// where there is none.
func firstWithin(days []data.Day, from data.Day) data.Day {
	for _, day := range days {
		if day >= from {
			if day < from+ContactDays {
				return day
			}
			return 0
		}
	}
	return 0
}

// ContactShare is the part of what contacts cause that comes within that many
// days from the contact on.
func ContactShare(days int) float64 {
	days = max(0, min(days, ContactDays))
	return math.Expm1(-float64(days)/contactPace) / math.Expm1(-ContactDays/contactPace)
}

// contactDelay draws the days between a contact and the purchase: exponential,
// within ContactDays.
func contactDelay(u float64) data.Day {
	return data.Day(-contactPace * math.Log1p(u*math.Expm1(-ContactDays/contactPace)))
}
