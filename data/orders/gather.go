package orders

import (
	"winback/data"
	"winback/data/columns"
)

// gatherLines brings the columns of the lines into the order of the histories.
func (b *historyBuilder) gatherLines(opts *buildOptions) error {
	h, n := &b.out, len(b.order)
	h.Names = opts.names
	h.Amount, h.Quantity = columns.Resize(h.Amount, n), columns.Resize(h.Quantity, n)
	h.Flags = columns.Resize(h.Flags, n)
	for _, out := range [...][]data.Money{h.Amount, h.Quantity} {
		if err := b.nextColumn(); err != nil {
			return err
		}
		for i, line := range b.order {
			out[i] = data.Money(b.numbers[line])
		}
	}
	for k, role := range data.NamedRoles {
		h.Codes[role] = columns.Resize(h.Codes[role], n)
		if err := b.gatherNames(h.Codes[role], opts.recodes[k], opts.namesUntil); err != nil {
			return err
		}
	}
	if err := b.nextColumn(); err != nil {
		return err
	}
	for i, line := range b.order {
		h.Flags[i] = LineFlags(b.numbers[line])
	}
	clear(b.blocks) // so that they are not held any longer
	return nil
}

// gatherNames replaces the codes of arrival, which differ from run to run, by
// those in byte order.
func (b *historyBuilder) gatherNames(out, recode []uint32, until int64) error {
	if err := b.nextColumn(); err != nil {
		return err
	}
	for i, line := range b.order {
		code := b.numbers[line]
		if uint64(code) >= uint64(len(recode)) {
			return errBlock
		}
		out[i] = recode[code]
		if b.out.Time[i] >= until {
			out[i] = 0
		}
	}
	return nil
}
