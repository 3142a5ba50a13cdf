// Each class starts a whole clinic, and some measure how soon a thing happens: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
