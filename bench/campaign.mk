CAMPAIGNS ?= 1000

.PHONY: bench-campaign

bench-campaign: ## campaigns on synthetic shops with known truth, every night looked at: writes docs/campaign.md
	$(GO) run ./bench/campaign $(CAMPAIGNS) docs/campaign.md
