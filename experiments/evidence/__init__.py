"""Evidence: scores, statistics, records, studies, audits and the claims that rest on them."""
