package rules

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/pipeline/wording"
)

// nameWords is the most words of a name.
const nameWords = 5

// everybody is the name of the group whose rule asks nothing.
const everybody = "All lapsed customers"

// Names gives each of the rules, which exclude each other, a name of at most
// five words made of its conditions, such as "Recent, repeat buyers": of the
// names that no other rule would fit the shortest, else the one that fits the
// fewest. No two are equal. Equal rules in equal order have equal names.
func Names(rules []Rule) []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		candidates := r.names()
		slices.SortStableFunc(candidates, func(a, b candidate) int { return a.fits(rules, i) - b.fits(rules, i) })
		for _, c := range candidates {
			if names[i] == "" && !slices.Contains(names, c.text) {
				names[i] = c.text
			}
		}
		if names[i] == "" {
			names[i] = numbered(candidates, names)
		}
	}
	return names
}

// candidate is a name and the conditions that it tells.
type candidate struct {
	text  string
	tells Rule
}

// fits counts the other rules that the conditions told do not exclude.
func (c candidate) fits(rules []Rule, own int) (count int) {
	for i, r := range rules {
		if i != own && !slices.ContainsFunc(c.tells, func(told Condition) bool { return r.excludes(told) }) {
			count++
		}
	}
	return count
}

// excludes says whether nobody can meet both the rule and the condition.
func (r Rule) excludes(other Condition) bool {
	return slices.ContainsFunc(r, func(c Condition) bool {
		if c.Feature != other.Feature || c.Missing && other.Missing {
			return false
		}
		if c.OnlyMissing || other.OnlyMissing {
			return true
		}
		if c.Levels != nil {
			return !slices.ContainsFunc(c.Levels, func(level string) bool { return slices.Contains(other.Levels, level) })
		}
		return max(c.Low, other.Low) >= min(c.High, other.High)
	})
}

// names are the names of one, two and three conditions that are not too long,
// the shortest first, then those of the first conditions.
func (r Rule) names() []candidate {
	all := []candidate{}
	for size := 1; size <= min(3, len(r)); size++ {
		r.combine(size, nil, nil, &all)
	}
	if len(all) == 0 {
		all = append(all, candidate{text: everybody})
	}
	return all
}

// combine appends the names of so many conditions from r behind those told.
func (r Rule) combine(size int, told Rule, tags []string, all *[]candidate) {
	if size == 0 {
		name := strings.Join(tags, ", ")
		if !strings.Contains(name, " ") {
			name += " buyers" // one word alone says too little
		}
		if len(strings.Fields(name)) <= nameWords {
			*all = append(*all, candidate{wording.Capital(name), told})
		}
		return
	}
	for i, c := range r {
		for _, tag := range c.tags() {
			if slices.Contains(tags, tag) {
				continue // two conditions may be said in the same words
			}
			r[i+1:].combine(size-1, append(told[:len(told):len(told)], c), append(tags[:len(tags):len(tags)], tag), all)
		}
	}
}

// tags are the ways to say a condition in a name.
func (c Condition) tags() []string {
	column := wording.Of(c.Feature)
	switch {
	case c.OnlyMissing:
		return column.MissingTags()
	case c.Levels != nil:
		return []string{wording.LevelTag(c.Levels)}
	}
	if math.IsInf(c.Low, -1) && math.IsInf(c.High, 1) && !c.Missing {
		return column.KnownTags()
	}
	return column.Tags(c.Low, c.High)
}

// numbered tells a name from equal ones by a number.
func numbered(candidates []candidate, taken []string) string {
	words := strings.Fields(candidates[0].text)
	base := strings.TrimSuffix(strings.Join(words[:min(len(words), nameWords-1)], " "), ",")
	for n := 2; ; n++ {
		if name := base + " " + strconv.Itoa(n); !slices.Contains(taken, name) {
			return name
		}
	}
}
