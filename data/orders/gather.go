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
		if err := b.gatherNames(h.Codes[role], opts.recodes[k]); err != nil {
			return err
		}
	}
	b.hideNames(opts.namesUntil)
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
// those in byte order. It does so as they arrived, since half the bytes then come
// from all over the partition.
func (b *historyBuilder) gatherNames(out, recode []uint32) error {
	if err := b.nextColumn(); err != nil {
		return err
	}
	b.codes = columns.Resize(b.codes, b.lines)
	codes := b.codes[:len(b.numbers)]
	for i, code := range b.numbers {
		if uint64(code) >= uint64(len(recode)) {
			return errBlock
		}
		codes[i] = recode[code]
	}
	for i, line := range b.order {
		out[i] = codes[line]
	}
	return nil
}

// hideNames takes the names away from lines at a moment and later.
func (b *historyBuilder) hideNames(from int64) {
	for i, time := range b.out.Time {
		if time < from {
			continue
		}
		for _, role := range data.NamedRoles {
			b.out.Codes[role][i] = 0
		}
	}
}
