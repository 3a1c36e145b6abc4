package models

import "testing"

func TestShallow_CutsWhereALeafWouldAskAboutTooManyColumns(t *testing.T) {
	leaf := Node{Feature: -1}
	tree := &Tree{Names: []string{"a", "b", "c"}, Levels: make([][]string, 3), Missing: make([]bool, 3), Nodes: []Node{
		{Feature: 0, Threshold: 1, Left: 1, Right: 2}, leaf,
		{Feature: 1, Threshold: 2, Left: 3, Right: 4}, leaf,
		{Feature: 0, Threshold: 3, Left: 5, Right: 6}, leaf,
		{Feature: 2, Threshold: 4, Left: 7, Right: 8}, leaf, leaf}}
	numberLeaves(tree.Nodes)
	for columns, leaves := range map[int]int{0: 1, 1: 2, 2: 4, 3: 5} {
		cut := tree.Shallow(columns)
		if err := checkNodes(cut.Nodes, cut.Levels); err != nil || cut.Leaves() != leaves {
			t.Errorf("%d columns: %d leaves, want %d, %v", columns, cut.Leaves(), leaves, err)
		}
		for leaf := range cut.Leaves() {
			if n := len(cut.Path(leaf)); n > columns {
				t.Errorf("%d columns: a path asks about %d", columns, n)
			}
		}
	}
	if tree.Leaves() != 5 {
		t.Error("the tree itself was cut")
	}
}
