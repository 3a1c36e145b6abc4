package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"winback/data/orders"
	"winback/internal/fsys"
	"winback/pipeline/wording"
)

// KnownSuppressions is how a suppression list fits the customers of a shop.
type KnownSuppressions struct {
	Listed    int64 // different ids of the list
	Known     int64 // those that are a customer of the shop
	Customers int64 // whom they name; more than Known where several share a folded id
	known     []bool
	shop      idShapes
	list      *Suppressions
}

func newKnown(s *Suppressions) *KnownSuppressions {
	return &KnownSuppressions{Listed: int64(s.Len()), known: make([]bool, s.Len()), shop: idShapes{}, list: s}
}

func (k *KnownSuppressions) see(customerID string) {
	k.shop[shapeOf(customerID)]++
	at, found := k.list.find(customerID)
	if !found {
		at, found = k.list.find(k.list.beside(customerID))
	}
	if found {
		k.Customers++
		if !k.known[at] {
			k.known[at] = true
			k.Known++
		}
	}
}

// Also counts the ids that belong to a customer by something other than the id, such as
// an e-mail address, their own or one beside them.
func (k *KnownSuppressions) Also(belongs func(id string) bool) {
	also := func(id, by string) {
		if at, found := k.list.find(id); found && !k.known[at] && belongs(by) {
			k.known[at] = true
			k.Known, k.Customers = k.Known+1, k.Customers+1
		}
	}
	for _, id := range k.list.ids {
		also(id, id)
	}
	for address, id := range k.list.addresses {
		also(id, address)
	}
}

// Addresses counts the unknown entries that are e-mail addresses or phone numbers.
func (k *KnownSuppressions) Addresses() (n int64) {
	for at, id := range k.list.ids {
		if !k.known[at] && k.list.isAddress(id) {
			n++
		}
	}
	return n
}

// CountNamed compares a suppression list with all customers of the orders.
func CountNamed(ctx context.Context, table *orders.Table, s *Suppressions, workers int) (*KnownSuppressions, error) {
	known := newKnown(s)
	var mu sync.Mutex
	_, err := table.Each(ctx, workers, func(_ int, h *orders.Histories) error {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range h.IDs {
			known.see(id)
		}
		return nil
	})
	return known, err
}

// CountNamedIn compares a suppression list with the column customer_id of a
// Parquet file.
func CountNamedIn(ctx context.Context, files fsys.FS, path string, s *Suppressions) (*KnownSuppressions, error) {
	known := newKnown(s)
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	err = eachParquetID(f, info.Size(), func(id string) error {
		known.see(id)
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return known, nil
}

// Mostly says whether at least half of the ids are those of customers.
func (k *KnownSuppressions) Mostly() bool { return 2*k.Known >= k.Listed }

// Difference says in words what kind of ids the unknown ones are, and what kind
// the shop has, without any id. "" where all are known.
func (k *KnownSuppressions) Difference() string {
	unknown := idShapes{}
	for at, id := range k.list.ids {
		if !k.known[at] {
			unknown[shapeOf(id)]++
		}
	}
	if len(unknown) == 0 || len(k.shop) == 0 {
		return ""
	}
	listed, shop := unknown.usual(), k.shop.usual()
	if listed == shop {
		return fmt.Sprintf("the unknown ids are %s, as the shop's are", listed)
	}
	return fmt.Sprintf("the unknown ids are mostly %s, the shop's %s", listed, shop)
}

// idShape is what kind of text an id is.
type idShape struct {
	kind  string
	runes int // 0 where the length says nothing
}

func (s idShape) String() string {
	if s.runes == 0 {
		return s.kind
	}
	return fmt.Sprintf("%s of %s", s.kind, wording.Counted(s.runes, "character"))
}

func shapeOf(id string) idShape {
	id = strings.TrimSpace(id)
	n := len([]rune(id))
	switch {
	case strings.Contains(id, "@"):
		return idShape{"e-mail addresses", 0}
	case strings.Trim(id, "0123456789") == "":
		return idShape{"numbers", n}
	case n == 36 && strings.Count(id, "-") == 4:
		return idShape{"UUIDs", 0}
	}
	return idShape{"texts", n}
}

// idShapes counts ids by their shape.
type idShapes map[idShape]int64

// usual is the shape of most ids; of several, the first by its words.
func (s idShapes) usual() idShape {
	var shapes []idShape
	for shape := range s {
		shapes = append(shapes, shape)
	}
	return slices.MaxFunc(shapes, func(a, b idShape) int {
		if s[a] != s[b] {
			return int(s[a] - s[b])
		}
		return strings.Compare(b.String(), a.String())
	})
}
