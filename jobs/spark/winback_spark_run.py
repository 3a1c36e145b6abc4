"""spark-submit winback_spark_run.py --orders TABLE --out DIR [flags of winback run]"""

import sys

from winback_spark.night import main

sys.exit(main())
