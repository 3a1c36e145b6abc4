package scoring

import (
	"winback/data/spill"
)

// Store holds all lapsed customers by id, as parts that follow each other: the last one
// in memory, those before it on disk as soon as they are more than memory is to hold.
// It may be read by several goroutines at a time, and changed by one.
type Store struct {
	disk *spill.File // nil: all stay in memory
	most int         // customers of a part
	room int         // about how many customers will come
	full []storedPart
	last *Lapsed
}

// storedPart is a part on disk.
type storedPart struct {
	customers int
	blocks    []Block
}

// Block is a stretch of customers on disk.
type Block struct{ extent spill.Extent }

const (
	// customerBytes is about what a customer takes in memory.
	customerBytes = 160
	// blockCustomers is how many customers are read at a time.
	blockCustomers = 2048
)

// NewStore readies a store that has about so many bytes of memory; disk takes the rest.
// disk nil: all stay in memory.
func NewStore(disk *spill.File, memoryBytes int64) *Store {
	return &Store{disk: disk, most: int(max(memoryBytes/2/customerBytes, 1))} // half of it to rank a part
}

// expect readies room for about so many customers, so that no column is copied into
// ever larger ones.
func (s *Store) expect(customers int) {
	s.room = customers
	if s.disk != nil {
		s.room = min(s.room, s.most)
	}
}

// StoreOf is a store of customers in memory.
func StoreOf(l *Lapsed) *Store { return &Store{last: l} }

// Add appends customers whose ids come behind all others.
func (s *Store) Add(l *Lapsed) error {
	if s.last == nil {
		s.last = l.like()
	}
	s.last.add(l, nil, s.room)
	if s.disk == nil || s.last.Len() < s.most {
		return nil
	}
	blocks, err := s.Keep(s.last, rowsTo(s.last.Len()))
	s.full = append(s.full, storedPart{s.last.Len(), blocks})
	s.last.clear()
	return err
}

func rowsTo(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// Len is how many customers there are.
func (s *Store) Len() int {
	n := 0
	for i := range s.full {
		n += s.full[i].customers
	}
	if s.last != nil {
		n += s.last.Len()
	}
	return n
}

// Keep writes customers to disk, those rows in that order.
func (s *Store) Keep(l *Lapsed, rows []int32) (blocks []Block, err error) {
	picked, encoded := l.like(), []byte(nil)
	for from := 0; from < len(rows); from += blockCustomers {
		picked.clear()
		picked.add(l, rows[from:min(from+blockCustomers, len(rows))], blockCustomers)
		encoded = picked.encode(encoded[:0])
		extent, err := s.disk.Write(encoded)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, Block{extent})
	}
	return blocks, nil
}

// Reader reads customers back, one block in the place of the one before.
type Reader struct {
	s     *Store
	into  *Lapsed
	bytes []byte
}

// NewReader reads what Keep wrote.
func (s *Store) NewReader() *Reader { return &Reader{s: s, into: s.last.like()} }

// Read reads a block; its customers are valid until the next.
func (r *Reader) Read(b Block) (*Lapsed, error) {
	r.into.clear()
	return r.into, r.append(b)
}

// Each reads blocks one after the other; nobody behind the last.
func (r *Reader) Each(blocks []Block) func() (*Lapsed, []int32, error) {
	return func() (*Lapsed, []int32, error) {
		if len(blocks) == 0 {
			return nil, nil, nil
		}
		b := blocks[0]
		blocks = blocks[1:]
		l, err := r.Read(b)
		return l, nil, err
	}
}

// InOrder copies those rows of customers in that order, some at a time, valid until the
// next; nobody behind the last. What other models say is left out. Column by column they
// are copied sooner than customer by customer.
func InOrder(l *Lapsed, rows []int32) func() (*Lapsed, []int32, error) {
	picked := &Lapsed{Channels: l.Channels}
	return func() (*Lapsed, []int32, error) {
		if len(rows) == 0 {
			return nil, nil, nil
		}
		some := rows[:min(blockCustomers, len(rows))]
		rows = rows[len(some):]
		picked.clear()
		picked.add(l, some, blockCustomers)
		return picked, nil, nil
	}
}

func (r *Reader) append(b Block) (err error) {
	if r.bytes, err = r.s.disk.Read(b.extent, r.bytes); err != nil {
		return err
	}
	if err := r.into.decode(r.bytes); err != nil {
		return r.s.disk.Fail(err)
	}
	return nil
}

// Each goes through all customers by id, some at a time; they are valid until the next.
func (s *Store) Each(use func(l *Lapsed) error) error {
	return s.eachBlock(func(l *Lapsed, _ *Block) error { return use(l) })
}

// Revise is Each for whoever sets columns, which are kept.
func (s *Store) Revise(set func(l *Lapsed) error) error {
	return s.eachBlock(func(l *Lapsed, b *Block) error {
		if err := set(l); err != nil || b == nil {
			return err
		}
		var err error
		b.extent, err = s.disk.Write(l.encode(nil))
		return err
	})
}

// eachBlock gives the blocks on disk, and last what is in memory.
func (s *Store) eachBlock(use func(*Lapsed, *Block) error) error {
	if s.last == nil {
		return nil
	}
	r := s.NewReader()
	for p := range s.full {
		for i := range s.full[p].blocks {
			b := &s.full[p].blocks[i]
			l, err := r.Read(*b)
			if err == nil {
				err = use(l, b)
			}
			if err != nil {
				return err
			}
		}
	}
	return use(s.last, nil)
}

// EachPart gives part after part, in order of the ids; kept says of one that it stays
// in memory, others are valid until the next.
func (s *Store) EachPart(use func(l *Lapsed, kept bool) error) error {
	if s.last == nil {
		return nil
	}
	r := s.NewReader()
	for _, part := range s.full {
		r.into.clear()
		for _, b := range part.blocks {
			if err := r.append(b); err != nil {
				return err
			}
		}
		if err := use(r.into, false); err != nil {
			return err
		}
	}
	return use(s.last, true)
}
