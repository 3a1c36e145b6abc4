package report

import (
	"slices"

	"winback/pipeline/wording"
)

// clean makes foreign text fit to be shown.
func clean(text string) string { return wording.Clean(text) }

// cleaned returns d with every text cleaned. What d points to is not touched.
func cleaned(d Data) Data {
	for _, text := range []*string{&d.Title, &d.Currency, &d.LapsedBasis, &d.Plan, &d.Verdict, &d.Chosen, &d.Why, &d.RulesCost, &d.HoldoutNote, &d.Test.Missing} {
		*text = clean(*text)
	}
	d.Warnings, d.Notes = cleanAll(d.Warnings), cleanAll(d.Notes)
	d.Rows.SetAside = slices.Clone(d.Rows.SetAside)
	for i := range d.Rows.SetAside {
		d.Rows.SetAside[i].Reason = clean(d.Rows.SetAside[i].Reason)
	}
	d.Groups = slices.Clone(d.Groups)
	for i := range d.Groups {
		g := &d.Groups[i]
		g.Name, g.Rule, g.Note = clean(g.Name), clean(g.Rule), clean(g.Note)
	}
	d.Models = slices.Clone(d.Models)
	for i := range d.Models {
		d.Models[i].Name = clean(d.Models[i].Name)
	}
	d.Gains = slices.Clone(d.Gains)
	for i := range d.Gains {
		d.Gains[i].Name = clean(d.Gains[i].Name)
	}
	d.Importance = slices.Clone(d.Importance)
	for i := range d.Importance {
		d.Importance[i].Feature = clean(d.Importance[i].Feature)
	}
	d.Tree, d.Campaigns = cleanTree(d.Tree), cleanCampaigns(d.Campaigns)
	d.Record = cleanRecord(d.Record)
	return d
}

func cleanAll(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = clean(texts[i])
	}
	return texts
}

func cleanTree(n *Node) *Node {
	if n == nil {
		return nil
	}
	copied := *n
	copied.Condition, copied.Children = clean(n.Condition), nil
	for _, c := range n.Children {
		if c != nil {
			copied.Children = append(copied.Children, cleanTree(c))
		}
	}
	return &copied
}
