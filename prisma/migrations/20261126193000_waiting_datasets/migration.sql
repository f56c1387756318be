-- Large datasets of a run take turns.
ALTER TYPE "DatasetRunState" ADD VALUE 'waiting' BEFORE 'reading';
