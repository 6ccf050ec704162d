"""
Sessions by PySpark on two local cores, the textbook form on Parquet: `spark_sessionize`.

reads   people.parquet
writes  spark_sessions.parquet; stdout: their sums. The start of the JVM is no part of the stage
"""

from pyspark.sql import SparkSession

from benchmarks.sides.sections import sections
from benchmarks.sides.told import Stages, tell


def main() -> None:
    """Mark the gaps, number, aggregate, write."""
    stages = Stages()
    found = sections("sides/spark_sessionize.sql", {})
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "4g")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    with stages.timed("sessions"):
        spark.read.parquet("people.parquet").createOrReplaceTempView("people")
        sessions = spark.sql(found["sessions"][0])
        sessions.write.mode("overwrite").parquet("spark_sessions.parquet")
    spark.read.parquet("spark_sessions.parquet").createOrReplaceTempView("sessions")
    sums = spark.sql(found["answer"][0]).collect()[0].asDict()
    spark.stop()
    tell(stages.seconds, sums)


if __name__ == "__main__":
    main()
