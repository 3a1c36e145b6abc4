package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/handout"
	"winback/pipeline/run"
)

// overview is what the first page shows.
type overview struct {
	Run, AsOf string
	Groups    []tables.GroupRow
	Campaigns []campaign
	Arms      []string
	Senders   []string // whose files are handed out; none without contact data
	Only      int32    // group of the form; 0: all that are recommended
	Last      []lastList
}

// campaign is a wave as campaigns.json of the run tells it.
type campaign struct {
	Name     string `json:"name"`
	Wave     int    `json:"wave"`
	Decision string `json:"decision"`
	Group    *int32 `json:"group"`
	Why      string `json:"why"`
	Results  []struct {
		Arm string `json:"arm"`
	} `json:"results"`
}

// Next says what to do.
func (c campaign) Next() string {
	if c.Group != nil {
		return fmt.Sprintf("%s %d", c.Decision, *c.Group)
	}
	return c.Decision + ": " + c.Why
}

// read reads the newest run.
func (s *site) read() (*overview, error) {
	newest, err := run.Open(s.files, s.settings.Out, "")
	if err != nil {
		return nil, err
	}
	needs := []string{run.GroupsFile}
	told := newest.Manifest.Has(run.DecisionsFile)
	if told {
		needs = append(needs, run.DecisionsFile)
	}
	// The run itself, not the newest one again: current may have moved.
	if newest, err = run.Open(s.files, s.settings.Out, newest.Dir, needs...); err != nil {
		return nil, err
	}
	o := &overview{Run: newest.Manifest.RunID, AsOf: newest.AsOf.String()}
	if s.settings.JoinFile != "" {
		o.Senders = handout.SenderNames()
	}
	if o.Groups, err = newest.Groups(); err != nil || !told {
		return o, err
	}
	text, err := newest.Content(run.DecisionsFile)
	if err != nil {
		return nil, err
	}
	return o, o.addCampaigns(path.Join(newest.Dir, run.DecisionsFile), text)
}

// addCampaigns takes the newest wave of each campaign, and the names of all arms.
func (o *overview) addCampaigns(file string, text []byte) error {
	var told struct {
		Campaigns []campaign `json:"campaigns"`
	}
	if err := json.Unmarshal(text, &told); err != nil {
		return &data.InputError{Path: file, Err: err}
	}
	for _, c := range slices.Backward(told.Campaigns) {
		if slices.ContainsFunc(o.Campaigns, func(newer campaign) bool { return newer.Name == c.Name }) {
			continue
		}
		o.Campaigns = append(o.Campaigns, c)
		for _, r := range c.Results {
			if r.Arm != "all" && !slices.Contains(o.Arms, r.Arm) {
				o.Arms = append(o.Arms, r.Arm)
			}
		}
	}
	return nil
}

func (s *site) overview(w http.ResponseWriter, r *http.Request) {
	o, err := s.read()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	o.Last = s.last.of(who(r))
	s.show(w, r, http.StatusOK, "overview", o)
}

// group is one group with its figures and the form of its list.
func (s *site) group(w http.ResponseWriter, r *http.Request, number string) {
	o, err := s.read()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	n, err := strconv.ParseInt(number, 10, 32)
	at := slices.IndexFunc(o.Groups, func(g tables.GroupRow) bool { return err == nil && int64(g.Group) == n })
	if at < 0 {
		s.refuse(w, r, http.StatusNotFound, "The newest run has no such group.")
		return
	}
	o.Groups, o.Only = o.Groups[at:at+1], o.Groups[at].Group
	s.show(w, r, http.StatusOK, "group", o)
}
