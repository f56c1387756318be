ALTER TYPE "UpdateMethod" ADD VALUE 'reload_and_compare_files';
