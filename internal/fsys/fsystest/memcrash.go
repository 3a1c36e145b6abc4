package fsystest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"syscall"
)

// ErrCrashed is the error of everything done after the crash that a test
// staged.
var ErrCrashed = errors.New("the machine has stopped")

// Loss says what a crash does to all that was not synced.
type Loss int

// The three kinds of loss. HalfKept keeps a random part: of the changes to
// folders any subset, of the bytes at the end of a file none, the first half,
// all, or a first half followed by zeros.
const (
	Dropped Loss = iota
	Kept
	HalfKept
)

// String names the loss, for messages of tests.
func (l Loss) String() string {
	switch l {
	case Dropped:
		return "dropped"
	case Kept:
		return "kept"
	case HalfKept:
		return "half kept"
	}
	return fmt.Sprintf("Loss(%d)", int(l))
}

// change is one change to the entries of one or two folders: an entry gone
// from a folder, an entry come to a folder, or both (a rename).
type change struct {
	from     *node // nil where nothing goes
	fromName string
	to       *node // nil where nothing comes
	toName   string
	child    *node
}

// change makes a change that readers see at once and that is durable later.
func (m *Mem) change(c change) {
	if c.from != nil {
		delete(c.from.entries, c.fromName)
	}
	if c.to != nil {
		c.to.entries[c.toName] = c.child
	}
	m.pending = append(m.pending, c)
}

// endure makes a change durable.
func (c change) endure() {
	if c.from != nil {
		delete(c.from.durable, c.fromName)
	}
	if c.to != nil {
		c.to.durable[c.toName] = c.child
	}
}

// SyncDir makes the entries of a folder durable. A rename into or out of it
// takes along the earlier changes of the other folder, as a journal does.
func (m *Mem) SyncDir(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, err := m.walk(path, true)
	if err == nil && !folder.isDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return pathError("sync", path, err)
	}
	synced := map[*node]bool{folder: true}
	takes := make([]bool, len(m.pending))
	for i := len(m.pending) - 1; i >= 0; i-- {
		c := m.pending[i]
		if synced[c.from] || synced[c.to] {
			takes[i] = true
			if c.from != nil && c.to != nil {
				synced[c.from], synced[c.to] = true, true
			}
		}
	}
	var later []change
	for i, c := range m.pending {
		if takes[i] {
			c.endure()
		} else {
			later = append(later, c)
		}
	}
	m.pending = later
	return nil
}

// Crash stops the machine and starts it again: what was not durable suffers
// the loss, locks are free, files opened before are dead. The seed chooses the
// part that HalfKept keeps and has no meaning for the others.
func (m *Mem) Crash(loss Loss, seed uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	coin := rand.New(rand.NewPCG(seed, 0x77696e6261636b))
	for _, c := range m.pending {
		if loss == Kept || (loss == HalfKept && coin.IntN(2) == 0) {
			c.endure()
		}
	}
	m.pending = nil
	m.root.settle(loss, coin, map[*node]bool{})
	m.locks = map[*node]bool{}
	m.boot++
}

// settle makes the durable state of a tree the one that readers see.
func (n *node) settle(loss Loss, coin *rand.Rand, done map[*node]bool) {
	if done[n] {
		return
	}
	done[n] = true
	if n.isDir() {
		n.entries = maps.Clone(n.durable)
		for _, name := range sortedNames(n.entries) {
			n.entries[name].settle(loss, coin, done)
		}
		return
	}
	switch loss {
	case Dropped:
		n.data = n.data[:n.synced:n.synced]
	case HalfKept:
		n.data = halfKept(n.data, n.synced, coin)
	}
	n.synced = len(n.data)
}

// halfKept returns what is left of a file of which so many bytes were synced.
func halfKept(data []byte, synced int, coin *rand.Rand) []byte {
	half := synced + (len(data)-synced)/2
	switch coin.IntN(4) {
	case 0:
		return data[:synced:synced]
	case 1:
		return data[:half:half]
	case 2: // the size reached the disk, the last blocks did not
		zeroed := make([]byte, len(data))
		copy(zeroed, data[:half])
		return zeroed
	}
	return data
}

// Clone returns a copy that shares nothing that can change. Locks and open
// files stay with the original.
func (m *Mem) Clone() *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	copies := map[*node]*node{}
	clone := &Mem{root: m.root.clone(copies), locks: map[*node]bool{}}
	for _, c := range m.pending {
		c.from, c.to, c.child = c.from.clone(copies), c.to.clone(copies), c.child.clone(copies)
		clone.pending = append(clone.pending, c)
	}
	return clone
}

func (n *node) clone(copies map[*node]*node) *node {
	if n == nil {
		return nil
	}
	if done := copies[n]; done != nil {
		return done
	}
	c := &node{mode: n.mode, data: n.data[:len(n.data):len(n.data)], synced: n.synced, target: n.target}
	copies[n] = c
	if n.isDir() {
		c.entries, c.durable = make(map[string]*node, len(n.entries)), make(map[string]*node, len(n.durable))
		for name, child := range n.entries {
			c.entries[name] = child.clone(copies)
		}
		for name, child := range n.durable {
			c.durable[name] = child.clone(copies)
		}
	}
	return c
}
