package jobs

import (
	"fmt"
	"path"

	"winback/data"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
)

// frozenGroups are those of the campaign that --groups-from names, as its newest
// launch froze them; nil where it names none.
func (n *nightly) frozenGroups(asOf data.Day) (*learn.FrozenGroups, error) {
	name := n.s.GroupsFrom
	if name == "" {
		return nil, nil
	}
	if err := campaign.CheckKnown(n.told, name); err != nil {
		return nil, usage("--groups-from", err)
	}
	var newest *ledger.Entry
	for _, e := range n.told.InForce(asOf.String(), ledger.Launch) {
		if e.Campaign == name && e.Has(campaign.NumbersFile) {
			newest = e
		}
	}
	if newest == nil {
		return nil, usage("--groups-from", fmt.Errorf("campaign %s has no groups to keep: it was drawn elsewhere, or launched after %s", name, asOf))
	}
	tree, err := newest.Content(campaign.RulesFile)
	if err != nil {
		return nil, err
	}
	numbers, err := newest.Content(campaign.NumbersFile)
	if err != nil {
		return nil, err
	}
	frozen, err := learn.ReadFrozen(tree, numbers)
	if err != nil {
		return nil, &data.InputError{Path: path.Join(run.LedgerFolder, newest.Name(), campaign.RulesFile), Err: err}
	}
	return frozen, nil
}
