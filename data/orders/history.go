package orders

import "winback/data"

// Histories holds the order lines of one partition of the customers, as
// columns: customers in byte order of their ids, the lines of each customer in
// time order. It is the product of reading and the only input of the features.
//
// Lines that were set aside are not in it. Lines of the as-of day and later
// are: Customer(c).Before(day) is what was known of a customer on a day.
type Histories struct {
	IDs   []string // customer ids as a person writes them, strictly ascending in byte order
	Start []int32  // lines of customer c are [Start[c], Start[c+1]); len(IDs)+1 entries

	Time     []int64      // local time of the line, microseconds since 1970-01-01; ascending within a customer
	Order    []uint64     // identity of the order within the customer; 0 where the source has none (the purchase day stands for it)
	Amount   []data.Money // value of the whole line, signed
	Quantity []data.Money // units × 10,000, signed
	// Codes are, by role, the names of the lines: index into Names of the role plus
	// one; 0 is none. Only the roles of names have any: Product, Category, Channel.
	Codes [data.RoleCount][]uint32
	Flags []LineFlags

	Names *Names // shared by all partitions of one reading
}

// LineFlags says what a line is.
type LineFlags uint8

const (
	// FlagReturn marks a return, cancellation or refund.
	FlagReturn LineFlags = 1 << iota
	// FlagPurchase marks a purchase line: no return, amount ≥ 0, quantity > 0.
	FlagPurchase
)

// Names are, by role, the texts behind the codes of a reading. Each list is in
// strictly ascending byte order, so that comparing codes compares names.
type Names [data.RoleCount][]string

// Customers returns how many customers the partition holds.
func (h *Histories) Customers() int { return len(h.IDs) }

// Lines returns how many order lines the partition holds.
func (h *Histories) Lines() int { return len(h.Time) }
