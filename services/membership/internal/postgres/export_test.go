package postgres

// OneQuestion is the statement of Decide.
func OneQuestion() string { return verdict(oneQuestion) }

// ManyQuestions is the statement of DecideAll.
func ManyQuestions() string { return verdict(manyQuestions) }
