package models

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// WriteLightGBM saves an ensemble in the text format of LightGBM (version 4),
// so that it can be opened there: lightgbm.Booster(model_file=…). Cells are
// given as they stand in a Matrix, NaN for missing; in a data frame categorical
// columns may instead be of pandas' type "category". Log-odds are the same to
// the last bit, and so are contributions (pred_contrib) but for rounding; only
// numbers nearer to 0 than 1e-35 are 0 to LightGBM. Blanks and marks that names
// cannot hold there become underscores.
func WriteLightGBM(w io.Writer, e *Ensemble) error {
	trees := make([]string, max(len(e.Trees), 1))
	sizes := make([]string, len(trees))
	if len(e.Trees) == 0 {
		trees[0] = lightGBMTree(0, []Node{{Feature: -1}}, e.Levels, e.Prior)
	}
	for i, nodes := range e.Trees {
		bias := 0.0
		if i == 0 {
			bias = e.Prior // as LightGBM does with its own start
		}
		trees[i] = lightGBMTree(i, nodes, e.Levels, bias)
	}
	for i := range trees {
		sizes[i] = strconv.Itoa(len(trees[i]))
	}
	levels, err := lightGBMLevels(e.Levels)
	if err != nil {
		return fmt.Errorf("write lightgbm model: %w", err)
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=%d\nobjective=binary sigmoid:1\n", len(e.Names)-1)
	fmt.Fprintf(out, "feature_names=%s\n", strings.Join(lightGBMNames(e.Names), " "))
	fmt.Fprintf(out, "feature_infos=%s\n", strings.Join(lightGBMInfos(e), " "))
	fmt.Fprintf(out, "tree_sizes=%s\n\n%send of trees\n\nfeature_importances:\n\n", strings.Join(sizes, " "), strings.Join(trees, ""))
	fmt.Fprintf(out, "parameters:\n[boosting: gbdt]\n[objective: binary]\nend of parameters\n\npandas_categorical:%s\n", levels)
	return out.Flush()
}

// lightGBMTree lays out one tree: questions are numbered apart from leaves, and
// leaf i as a child is −1 − i.
func lightGBMTree(number int, nodes []Node, levels [][]string, bias float64) string {
	place := make([]int, len(nodes))
	questions, leaves := 0, 0
	for i := range nodes {
		if nodes[i].Feature < 0 {
			place[i] = -1 - leaves
			leaves++
		} else {
			place[i] = questions
			questions++
		}
	}
	t := lightGBMLists{boundaries: []string{"0"}}
	for i := range nodes {
		n := &nodes[i]
		if n.Feature < 0 {
			t.leafValue = append(t.leafValue, exactly(bias+n.Value))
			t.leafWeight = append(t.leafWeight, exactly(n.Rows))
			t.leafCount = append(t.leafCount, wholeRows(n.Rows))
			continue
		}
		t.addQuestion(n, levels[n.Feature], place[n.Left], place[n.Right])
		t.internalValue = append(t.internalValue, exactly(bias+n.Value))
		t.internalWeight = append(t.internalWeight, exactly(n.Rows))
		t.internalCount = append(t.internalCount, wholeRows(n.Rows))
	}
	return t.text(number, leaves)
}

// lightGBMLists are the lists of one tree, an entry per question or leaf.
type lightGBMLists struct {
	feature, gain, threshold, decision, left, right []string
	leafValue, leafWeight, leafCount                []string
	internalValue, internalWeight, internalCount    []string
	categories                                      int
	boundaries, words                               []string // of the sets of levels, 32 to a word
}

// Bits of a decision.
const (
	lightGBMCategory    = 1
	lightGBMMissingLeft = 2
	lightGBMMissingNaN  = 8
)

// addQuestion appends one question. LightGBM sends missing and unknown levels to the
// right: where ours go left, the sides are exchanged and the set is that of
// the other levels.
func (t *lightGBMLists) addQuestion(n *Node, levels []string, left, right int) {
	decision, threshold := lightGBMMissingNaN, n.Threshold
	if levels != nil {
		decision |= lightGBMCategory
		threshold = float64(t.categories)
		t.categories++
		if n.MissingLeft {
			left, right = right, left
		}
		t.addLevelSet(n, len(levels))
	} else if n.MissingLeft {
		decision |= lightGBMMissingLeft
	}
	t.feature = append(t.feature, strconv.Itoa(int(n.Feature)))
	t.gain = append(t.gain, exactly(n.Gain))
	t.threshold = append(t.threshold, exactly(threshold))
	t.decision = append(t.decision, strconv.Itoa(decision))
	t.left, t.right = append(t.left, strconv.Itoa(left)), append(t.right, strconv.Itoa(right))
}

func (t *lightGBMLists) addLevelSet(n *Node, levels int) {
	words := make([]uint32, max((levels+31)/32, 1))
	for _, level := range n.LeftLevels {
		words[level/32] |= 1 << (level % 32)
	}
	if n.MissingLeft {
		for level := range levels {
			words[level/32] ^= 1 << (level % 32)
		}
	}
	for _, w := range words {
		t.words = append(t.words, strconv.FormatUint(uint64(w), 10))
	}
	t.boundaries = append(t.boundaries, strconv.Itoa(len(t.words)))
}

func (t *lightGBMLists) text(number, leaves int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Tree=%d\nnum_leaves=%d\nnum_cat=%d\n", number, leaves, t.categories)
	line := func(name string, list []string) {
		fmt.Fprintf(&b, "%s=%s\n", name, strings.Join(list, " "))
	}
	line("split_feature", t.feature)
	line("split_gain", t.gain)
	line("threshold", t.threshold)
	line("decision_type", t.decision)
	line("left_child", t.left)
	line("right_child", t.right)
	line("leaf_value", t.leafValue)
	line("leaf_weight", t.leafWeight)
	line("leaf_count", t.leafCount)
	line("internal_value", t.internalValue)
	line("internal_weight", t.internalWeight)
	line("internal_count", t.internalCount)
	if t.categories > 0 {
		line("cat_boundaries", t.boundaries)
		line("cat_threshold", t.words)
	}
	b.WriteString("is_linear=0\nshrinkage=1\n\n\n")
	return b.String()
}

// exactly writes a number with as many digits as give it back.
func exactly(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

func wholeRows(x float64) string {
	return strconv.Itoa(int(math.Round(math.Min(math.Max(x, 0), math.MaxInt32))))
}

// lightGBMNames replaces what its names cannot hold and keeps them apart.
func lightGBMNames(names []string) []string {
	out, taken := make([]string, len(names)), make(map[string]bool, len(names))
	for i, name := range names {
		clean := strings.Map(func(r rune) rune {
			if r <= ' ' || r == 0x7f || strings.ContainsRune("\",:[]{}=\\", r) {
				return '_'
			}
			return r
		}, strings.ToValidUTF8(name, "_"))
		if clean == "" {
			clean = "_"
		}
		out[i] = clean
		for k := 2; taken[out[i]]; k++ {
			out[i] = clean + "_" + strconv.Itoa(k)
		}
		taken[out[i]] = true
	}
	return out
}

// lightGBMInfos says of every column which values it takes: levels, or the
// span of its cut points, since ours are not kept; none where it is not asked.
func lightGBMInfos(e *Ensemble) []string {
	infos, spans := make([]string, len(e.Names)), make([][]float64, len(e.Names))
	for _, nodes := range e.Trees {
		for i := range nodes {
			if n := &nodes[i]; n.Feature >= 0 {
				spans[n.Feature] = append(spans[n.Feature], n.Threshold)
			}
		}
	}
	for c, span := range spans {
		infos[c] = "none"
		if span == nil {
			continue
		}
		if e.Levels[c] != nil {
			levels := make([]string, len(e.Levels[c]))
			for i := range levels {
				levels[i] = strconv.Itoa(i)
			}
			infos[c] = strings.Join(append([]string{"-1"}, levels...), ":")
			continue
		}
		low, high := math.Inf(1), math.Inf(-1)
		for _, t := range span {
			low, high = math.Min(low, t), math.Max(high, t)
		}
		infos[c] = "[" + exactly(finite(low)) + ":" + exactly(finite(high)) + "]"
	}
	return infos
}

func finite(x float64) float64 { return min(max(x, -math.MaxFloat32), math.MaxFloat32) }

// lightGBMLevels lists the names of all levels for pandas, null without any.
func lightGBMLevels(levels [][]string) ([]byte, error) {
	var lists [][]string
	for _, l := range levels {
		if l != nil {
			lists = append(lists, l)
		}
	}
	return json.Marshal(lists)
}
